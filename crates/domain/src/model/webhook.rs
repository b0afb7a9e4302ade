//! A webhook endpoint as it is stored.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A tenant's webhook endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: Uuid,
    /// Its payload format: a dialect's name.
    pub format: String,
    /// Its URL.
    pub url: String,
    /// The queue of its deliveries.
    pub queue: String,
    /// Header fields to send, as name and value.
    pub headers: Vec<(String, String)>,
    /// The signing key. Signing needs its text, so it cannot be hashed. It is shown once.
    pub secret: Option<String>,
    /// Data that only the dialect understands; stored, never read.
    pub extra: serde_json::Value,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Whether it is called when a notification is created. Endpoints that asked only for other events are
    /// not called.
    pub hears_creates: bool,
    /// Why it is disabled, if it is.
    pub disabled: Option<String>,
}
