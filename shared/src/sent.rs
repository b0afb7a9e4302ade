//! What was sent, as senders see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Audience, Channel, Content, Priority, Severity, draft::SenderDate};

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
    /// Who it was for.
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
    pub accepted_at: DateTime<Utc>,
    /// When it leaves every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
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
