//! The body of a message.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The body of a message. Unknown properties are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MessageRequest {
    pub channel: Option<String>,
    pub title: Option<String>,
    pub text: Option<String>,
    pub recipient: Option<Recipient>,
    pub params: Option<BTreeMap<String, Value>>,
    pub use_system_proxy: Option<bool>,
}

/// The recipients: a role in a scope, or a URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Recipient {
    pub role_scope: Option<String>,
    pub role_value: Option<Vec<String>>,
    pub url: Option<String>,
}
