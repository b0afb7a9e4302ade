//! A request to post to a URL.

use serde::{Deserialize, Serialize};

/// A validated POST request: no header field contains a line break or belongs to the connection.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct HttpRequest {
    /// Header fields, as name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether to use the operator's proxy.
    #[serde(default)]
    pub system_proxy: bool,
    /// The signing key (Standard Webhooks), in the receiver's form: `whsec_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}
