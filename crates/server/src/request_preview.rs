//! Writes a send request as a request to one of the APIs. Each API has a function of its own beside it, which knows
//! the API's format; this file has what they share.

use campanile_shared::{
    Channel, Priority, SendRequest, Severity,
    http_header::Header,
    request_preview::{
        Authorization, RequestPreview,
        UnsupportedField::{self, Buttons, Categories, Component, Expiry, Languages, Link, SendTime},
    },
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What a preview is made of.
pub struct PreviewInput<'a> {
    /// The tenant's name.
    pub tenant: &'a str,
    /// The send request. It may be incomplete.
    pub request: &'a SendRequest,
    /// The current time.
    pub now: DateTime<Utc>,
}

/// Writes a send request as a request to one API.
pub type RequestPreviewFn = fn(&PreviewInput) -> RequestPreview;

/// A POST request with a JSON body.
pub fn post_json(
    api: &str,
    path: String,
    authorization: Authorization,
    body: &impl Serialize,
    unsupported: Vec<UnsupportedField>,
) -> RequestPreview {
    let header = |name: &str| Header { name: name.to_owned(), value: "application/json".to_owned() };
    RequestPreview {
        api: api.to_owned(),
        method: "POST".to_owned(),
        path,
        headers: vec![header("Content-Type"), header("Accept")],
        authorization,
        // Serialising a value that is made of strings, numbers and lists does not fail.
        body: serde_json::to_string_pretty(body).unwrap_or_default(),
        unsupported,
    }
}

/// An `Authorization` of the key after a prefix.
pub fn key_after(prefix: &str) -> Authorization {
    Authorization::Key { prefix: prefix.to_owned() }
}

/// What the send request uses and an API cannot express: everything but `supported`. The audience is never among it: each
/// API decides itself whether it can express it.
pub fn unsupported_fields(request: &SendRequest, supported: &[UnsupportedField]) -> Vec<UnsupportedField> {
    let used = [
        (UnsupportedField::Channel, request.channel != Channel::Portal),
        (Languages, request.content.len() > 1),
        (UnsupportedField::Severity, request.severity != Severity::Information),
        (UnsupportedField::Priority, request.priority != Priority::Normal),
        (Component, request.component.is_some()),
        (Categories, !request.categories.is_empty()),
        (Link, request.content.iter().any(|content| content.link.is_some())),
        (Buttons, !request.buttons.is_empty()),
        (SendTime, request.not_before.is_some()),
        (Expiry, request.expires_at.is_some()),
    ];
    used.into_iter().filter(|(field, is_used)| *is_used && !supported.contains(field)).map(|(field, _)| field).collect()
}
