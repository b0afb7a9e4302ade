//! Idempotency keys, and the responses recorded for them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An idempotency key with its request.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct IdempotencyKey {
    /// The scope of the key: the sender and the call. Two senders may use equal keys.
    pub scope: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the request's body.
    pub body_sha256: [u8; 32],
    /// What to answer to a repeat, if that does not follow from what is stored. The store does not read it.
    pub answer: Option<String>,
}

/// The recorded response to the first request with an idempotency key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecordedResponse {
    /// What was stored.
    pub accepted: Accepted,
    /// The [`IdempotencyKey::answer`] of the first request.
    pub answer: Option<String>,
}

/// What was stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accepted {
    /// Its id; for a repeat, the id of the first.
    pub id: Uuid,
    /// Its position in the tenant's order.
    pub sequence: u64,
    /// When it was stored.
    pub accepted_at: DateTime<Utc>,
    /// Whether this is a repeat of an earlier request.
    pub repeated: bool,
    /// Whether it has deliveries.
    pub has_deliveries: bool,
}
