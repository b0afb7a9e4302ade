//! Sent and scheduled notifications, as senders see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Audience, Channel, Content, Language, Priority, Severity, rfc3339,
    send_request::{ContentInput, SenderDate},
};

/// Whether a sender is a person or an API key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SenderKind {
    /// A person.
    Person,
    /// An API key.
    Key,
}

/// A sent notification of the tenant.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentNotification {
    /// The notification's id.
    pub id: Uuid,
    /// The notification's sequence number in the tenant.
    pub sequence: u64,
    /// The API that received it, such as `campanile` or `citrix`.
    pub source: String,
    /// The sender: the name of a person or an API key.
    pub sender: String,
    /// Whether the sender is a person or a key; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_kind: Option<SenderKind>,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// The audience.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// The channel that the sender chose.
    #[serde(default)]
    pub channel: Channel,
    /// The severity.
    pub severity: Severity,
    /// The priority.
    pub priority: Priority,
    /// The part of the system that the notification is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Categories to filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The text in every language.
    pub content: Vec<Content>,
    /// When the sender says it was created.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: SenderDate,
    /// When Campanile stored it.
    #[serde(deserialize_with = "rfc3339::read")]
    pub accepted_at: DateTime<Utc>,
    /// When it is removed from every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When the content was last corrected.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who corrected it last: the name of a person or an API key; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// Whether a person or a key corrected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by_kind: Option<SenderKind>,
    /// When it was recalled.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub recalled_at: Option<DateTime<Utc>>,
    /// Who recalled it: the name of a person or an API key; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled_by: Option<String>,
    /// Whether a person or a key recalled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled_by_kind: Option<SenderKind>,
}

/// A correction of a notification's content.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The new content, in at least one language.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub content: Vec<ContentInput>,
}

/// A page of sent notifications, the newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentPage {
    /// At most the requested number.
    pub items: Vec<SentNotification>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A recorded click on a button.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ButtonClick {
    /// The index of the button in the notification, from 0.
    pub button: u32,
    /// The text on the button.
    pub label: String,
    /// The data that the sender attached to the button, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The login of the person who clicked.
    pub person: String,
    /// The person's display name.
    pub name: String,
    /// When the person first clicked.
    #[serde(deserialize_with = "rfc3339::read")]
    pub pressed_at: DateTime<Utc>,
}

/// A page of clicks, the oldest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ButtonClickPage {
    /// At most the requested number.
    pub items: Vec<ButtonClick>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A person who received a notification, and what they have done with it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// The login, unique in the tenant.
    pub login: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Languages the person reads, the preferred first.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub languages: Vec<Language>,
    /// Whether they looked at their newest notifications after it arrived, or read it.
    pub seen: bool,
    /// Whether they opened it or marked it read.
    pub read: bool,
    /// Whether they dismissed it.
    pub dismissed: bool,
}

/// The number of recipients by what they have done.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientCounts {
    /// All recipients.
    pub people: u64,
    /// Recipients who have seen it.
    pub seen: u64,
    /// Recipients who have read it.
    pub read: u64,
    /// Recipients who have dismissed it.
    pub dismissed: u64,
    /// Whether counting stopped early because it took too long, so that the true numbers may be greater.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A page of a notification's recipients.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientPage {
    /// At most the requested number.
    pub items: Vec<Recipient>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The counts over all pages.
    pub counts: RecipientCounts,
}

/// A notification that is not yet sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduledEntry {
    /// The notification's id.
    pub id: Uuid,
    /// When it will be sent; absent if no time is set.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub due_at: Option<DateTime<Utc>>,
    /// The audience.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// The channel.
    #[serde(default)]
    pub channel: Channel,
    /// The text in every language.
    pub content: Vec<Content>,
    /// The sender: the name of a person or an API key.
    pub sender: String,
    /// Whether the sender is a person or a key; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_kind: Option<SenderKind>,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}
