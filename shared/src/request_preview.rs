//! A send request as it looks in the APIs that the server supports, so that the console shows a program that sends it.

use serde::{Deserialize, Serialize};

use crate::http_header::Header;

/// A send request as an HTTP request to one API.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestPreview {
    /// The API's name, such as `Citrix Cloud`.
    pub api: String,
    /// The HTTP method.
    pub method: String,
    /// The path, percent-encoded, relative to the server's base URL.
    pub path: String,
    /// The header fields except `Authorization`, whose value contains a secret.
    pub headers: Vec<Header>,
    /// How the request carries the API key.
    pub authorization: Authorization,
    /// The body.
    pub body: String,
    /// What the API cannot express of the send request, and the request therefore lacks.
    pub unsupported: Vec<UnsupportedField>,
}

/// The value of the `Authorization` header field of a request with an API key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Authorization {
    /// The key after a prefix.
    Key {
        /// The prefix, such as `Bearer ` with its space.
        prefix: String,
    },
    /// Basic authentication (RFC 7617): the key is the password, and its name the user.
    Basic,
}

/// A part of a send request that an API cannot express.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnsupportedField {
    /// The audience. The request has a placeholder instead.
    Audience,
    /// The channel.
    Channel,
    /// All languages but the first.
    Languages,
    /// The severity.
    Severity,
    /// The priority.
    Priority,
    /// The component.
    Component,
    /// The categories.
    Categories,
    /// The link.
    Link,
    /// The buttons.
    Buttons,
    /// The time to send.
    SendTime,
    /// The expiry.
    Expiry,
}
