//! The panel's API calls. This module does not know what is shown.

use js_sys::{JSON, JsString, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    host::{self, BellElement},
    wire::Message,
};

/// A call failed. The panel shows the same text for every reason.
#[derive(Clone, Copy, Debug)]
pub struct CallError;

/// A change that the panel sends.
pub enum Call {
    /// Marks the items up to this sequence as seen.
    Seen(u64),
    /// Marks an item as read.
    Read(String),
    /// Dismisses an item.
    Dismiss(String),
    /// Marks all items up to this sequence as read.
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

/// A text as a JSON string.
fn quoted(text: &str) -> String {
    JSON::stringify(&text.into()).ok().map_or_else(String::new, |text: JsString| text.into())
}

/// Sends a change to the server.
pub async fn call(host: &BellElement, call: Call) -> Result<Message, CallError> {
    let (method, path, body) = call.request();
    answer(host::call(host, method, path, body)).await
}

/// The newest items of the inbox.
pub async fn newest(host: &BellElement) -> Result<Message, CallError> {
    answer(host::newest(host)).await
}

async fn answer(promised: Promise) -> Result<Message, CallError> {
    let answer: Result<JsValue, _> = JsFuture::from(promised).await;
    answer.map(JsCast::unchecked_into).map_err(|_| CallError)
}
