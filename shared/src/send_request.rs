//! The request to send a notification.

mod validation;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Audience, Channel, HttpPost, Priority, Severity};

pub use validation::ValidatedContent;

/// A request to send a notification.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// The audience. May be empty for the channel `http`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>, max_items = 1000))]
    pub to: Audience,
    /// The channel.
    #[serde(default)]
    pub channel: Channel,
    /// The HTTP POST to send; only for the channel `http`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpPost>,
    /// The text, in at least one language.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub content: Vec<ContentInput>,
    /// The severity.
    #[serde(default)]
    pub severity: Severity,
    /// The priority.
    #[serde(default)]
    pub priority: Priority,
    /// The part of the system that the notification is about, as free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Words>))]
    pub component: Option<String>,
    /// Categories to filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::Words>, max_items = 32))]
    pub categories: Vec<String>,
    /// The buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub buttons: Vec<ButtonInput>,
    /// When to send it. If it is absent or in the past, the notification is sent immediately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// When the notification expires. It is then removed from every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A button of a send request.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ButtonInput {
    /// The text on the button; required.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ButtonLabel))]
    pub label: String,
    /// Whether this is the main action.
    #[serde(default)]
    pub primary: bool,
    /// A link of scheme http, https or mailto. Without a link, the click itself is the answer to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<String>,
}

/// The text of a send request in one language.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContentInput {
    /// The language as a BCP 47 tag, such as `en-US`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::LanguageTag))]
    pub language: String,
    /// The title, one line; required.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Title))]
    pub title: String,
    /// The description.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Description))]
    pub description: String,
    /// A link of scheme http, https or mailto.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<String>,
}

/// The response to a send request. The notification is stored durably.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The notification's id (UUIDv7).
    pub id: Uuid,
    /// The notification's sequence number in the tenant, from 1 without gaps; 0 while it is scheduled.
    pub sequence: u64,
    /// The current number of recipients: people, for e-mail the different addresses, for a URL 1.
    pub recipients: u64,
    /// When Campanile stored it.
    pub accepted_at: DateTime<Utc>,
    /// When it will be sent; absent if it was sent immediately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
}

/// The creation time that the sender gave, with its original offset.
pub type SenderDate = DateTime<FixedOffset>;
