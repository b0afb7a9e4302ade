//! The few calls the panel makes. Knows nothing of what is shown.

use campanile_shared::{Change, Changed, Page, Snapshot};
use js_sys::Object;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response, window};

use crate::host::Host;

/// How many items the panel shows at first.
const NEWEST: u8 = 20;

/// A call failed; what to tell people is the same whatever the reason.
#[derive(Clone, Copy, Debug)]
pub struct Failed;

impl From<JsValue> for Failed {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl From<serde_json::Error> for Failed {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// The newest items of the inbox.
pub async fn newest(host: &Host) -> Result<Page, Failed> {
    Ok(serde_json::from_str(&call(host, "GET", &format!("inbox?limit={NEWEST}"), None).await?)?)
}

/// Changes items.
pub async fn change(host: &Host, change: &Change) -> Result<Changed, Failed> {
    post(host, "inbox/changes", change).await
}

/// Says that the person looked at everything up to this sequence.
pub async fn seen(host: &Host, up_to: u64) -> Result<Snapshot, Failed> {
    #[derive(Serialize)]
    struct Seen {
        up_to: u64,
    }
    post(host, "inbox/seen", &Seen { up_to }).await
}

/// The texts of a language.
pub async fn texts(host: &Host, tag: &str) -> Result<Object, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(&format!("{}locales/{tag}.json", host.home()))).await?.dyn_into()?;
    JsFuture::from(response.json()?).await?.dyn_into()
}

async fn post<Answer: DeserializeOwned>(host: &Host, path: &str, body: &impl Serialize) -> Result<Answer, Failed> {
    let body = serde_json::to_string(body)?;
    Ok(serde_json::from_str(&call(host, "POST", path, Some(&body)).await?)?)
}

/// Calls the server, once more with a fresh token where it refused the first.
async fn call(host: &Host, method: &str, path: &str, body: Option<&str>) -> Result<String, Failed> {
    let url = format!("{}/api/v1/{path}", host.server());
    for refused in [false, true] {
        let headers = Headers::new()?;
        if let Some(bearer) = JsFuture::from(host.bearer(refused)).await?.as_string() {
            headers.set("Authorization", &format!("Bearer {bearer}"))?;
        }
        let init = RequestInit::new();
        init.set_method(method);
        if let Some(body) = body {
            headers.set("Content-Type", "application/json")?;
            init.set_body(&body.into());
        }
        init.set_headers(&headers);
        let window = window().ok_or(Failed)?;
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(&url, &init)).await?.dyn_into()?;
        if response.ok() {
            return JsFuture::from(response.text()?).await?.as_string().ok_or(Failed);
        }
        if response.status() != 401 {
            break;
        }
    }
    Err(Failed)
}
