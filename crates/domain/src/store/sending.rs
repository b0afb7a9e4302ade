//! What the store takes and returns when notifications are stored and deliveries leased.

use campanile_shared::Channel;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// How many more deliveries the outbox has room for, by queue.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// How many deliveries of a channel may be leased in each queue.
    pub widths: Vec<(Channel, u32)>,
    /// How many in these particular queues, whatever their channel.
    pub lanes: Vec<(String, u32)>,
    /// The queue that was served last.
    pub after: String,
}

/// An idempotency key with its request.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Claim {
    /// The scope of the key: the sender and the call. Two senders may use equal keys.
    pub scope: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the request's body.
    pub body: [u8; 32],
    /// What to answer to a repeat, if that does not follow from what is stored. The store does not read it.
    pub answer: Option<String>,
}

/// The recorded response to the first request with an idempotency key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct First {
    /// What was stored.
    pub accepted: Accepted,
    /// The [`Claim::answer`] of the first request.
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
    pub outgoing: bool,
}
