//! The few calls the panel makes. Knows nothing of what is shown.

use js_sys::{JSON, JsString, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    host::{self, Host},
    wire::Message,
};

/// A call failed; what to tell people is the same whatever the reason.
#[derive(Clone, Copy, Debug)]
pub struct Failed;

/// What the server can be told.
pub enum Call {
    /// To say that the person looked at everything up to this sequence.
    Seen(u64),
    /// To mark an item read.
    Read(String),
    /// To put an item away.
    Dismiss(String),
    /// To mark everything read up to this sequence.
    ReadAll(u64),
}

impl Call {
    /// Method, path and JSON body.
    fn request(&self) -> (&'static str, &'static str, Option<String>) {
        const CHANGES: &str = "inbox/changes";
        match self {
            Self::Seen(up_to) => ("POST", "inbox/seen", Some(["{\"up_to\":", &up_to.to_string(), "}"].concat())),
            Self::Read(id) => ("POST", CHANGES, Some(["{\"action\":\"read\",\"ids\":[", &quoted(id), "]}"].concat())),
            Self::Dismiss(id) => ("POST", CHANGES, Some(["{\"action\":\"dismiss\",\"ids\":[", &quoted(id), "]}"].concat())),
            Self::ReadAll(up_to) => {
                let body = ["{\"action\":\"read\",\"matching\":{\"filter\":{\"view\":\"unread\"},\"up_to\":", &up_to.to_string(), "}}"];
                ("POST", CHANGES, Some(body.concat()))
            }
        }
    }
}

/// Text as a string of JSON.
fn quoted(text: &str) -> String {
    JSON::stringify(&text.into()).ok().map_or_else(String::new, |text: JsString| text.into())
}

/// Calls the server of an element.
pub async fn call(host: &Host, call: Call) -> Result<Message, Failed> {
    let (method, path, body) = call.request();
    answer(host::call(host, method, path, body)).await
}

/// The newest items of the inbox.
pub async fn newest(host: &Host) -> Result<Message, Failed> {
    answer(host::newest(host)).await
}

async fn answer(promised: Promise) -> Result<Message, Failed> {
    let answer: Result<JsValue, _> = JsFuture::from(promised).await;
    answer.map(JsCast::unchecked_into).map_err(|_| Failed)
}
