//! What was sent, as senders see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Audience, Channel, Content, Language, Priority, Severity,
    draft::{DraftContent, SenderDate},
    instant,
};

/// What a sender is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SenderKind {
    /// A person, by name.
    Person,
    /// An API key, by name.
    Key,
}

/// A notification of the tenant, as those who may send see it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sent {
    /// The notification's id.
    pub id: Uuid,
    /// Its place in the tenant's order.
    pub sequence: u64,
    /// The API it came through, such as `campanile` or `citrix`.
    pub source: String,
    /// Who sent it: a person's name or the name of an API key.
    pub sender: String,
    /// Which of the two it is; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_kind: Option<SenderKind>,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Who it was for.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// The way its sender chose.
    #[serde(default)]
    pub channel: Channel,
    /// How grave it is.
    pub severity: Severity,
    /// How soon to look.
    pub priority: Priority,
    /// The part of the system that spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Words to sort by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What it said.
    pub content: Vec<Content>,
    /// The sender's own date.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: SenderDate,
    /// When it was stored.
    #[serde(deserialize_with = "instant::read")]
    pub accepted_at: DateTime<Utc>,
    /// When it leaves every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When what it says was last corrected.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who corrected it last: a person's name or the name of an API key; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// Which of the two that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by_kind: Option<SenderKind>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub recalled_at: Option<DateTime<Utc>>,
    /// Who took it back: a person's name or the name of an API key; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled_by: Option<String>,
    /// Which of the two that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled_by_kind: Option<SenderKind>,
}

/// What a notification is to say instead.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// What it says, at least in one language.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub content: Vec<DraftContent>,
}

/// A page of what was sent, the newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentPage {
    /// At most as many as were asked for.
    pub items: Vec<Sent>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A button that somebody pressed, as those who may send see it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Press {
    /// The button's place among the notification's, from 0.
    pub button: u32,
    /// What it said.
    pub label: String,
    /// The event data its sender gave it, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The login of the person who pressed it.
    pub person: String,
    /// Their display name.
    pub name: String,
    /// When they first pressed it.
    #[serde(deserialize_with = "instant::read")]
    pub pressed_at: DateTime<Utc>,
}

/// A page of presses, the earliest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PressPage {
    /// At most as many as were asked for.
    pub items: Vec<Press>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Somebody whom a notification reached when it was sent, and what they did with it since.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// Unique in the tenant.
    pub login: String,
    /// The display name.
    pub name: String,
    /// Where mail goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Languages the person reads, the preferred first.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub languages: Vec<Language>,
    /// They looked at their newest notifications after it had arrived, or read it.
    pub seen: bool,
    /// They opened it or marked it read.
    pub read: bool,
    /// They put it away.
    pub dismissed: bool,
}

/// How many of the people whom a notification reached did what.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reach {
    /// People it reached.
    pub people: u64,
    /// Of these, people who have seen it.
    pub seen: u64,
    /// Of these, people who have read it.
    pub read: u64,
    /// Of these, people who have put it away.
    pub dismissed: u64,
    /// Whether there are more: counting was ended because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A page of the people whom a notification reached.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientPage {
    /// At most as many as were asked for.
    pub items: Vec<Recipient>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All of them by what they did.
    pub counts: Reach,
}

/// Something that is to be sent later.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Later {
    /// The id it will have.
    pub id: Uuid,
    /// When it is sent; absent for a draft.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub due_at: Option<DateTime<Utc>>,
    /// Who it is for.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// The way it takes.
    #[serde(default)]
    pub channel: Channel,
    /// What it says.
    pub content: Vec<Content>,
    /// Who wrote it: a person's name or the name of an API key.
    pub sender: String,
    /// Which of the two it is; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_kind: Option<SenderKind>,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}
