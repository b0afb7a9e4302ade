//! What goes with storing and delivering notifications.

use campanile_shared::Channel;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where there is room for further attempts.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// How many deliveries of a channel may be claimed in each lane.
    pub widths: Vec<(Channel, u32)>,
    /// How many in these lanes, whatever their channel.
    pub lanes: Vec<(String, u32)>,
    /// The lane that had the last turn.
    pub after: String,
}

/// A claim on an idempotency key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Claim {
    /// Whose key it is: the sender and the call, so that two senders may use equal keys.
    pub scope: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the request's body.
    pub body: [u8; 32],
    /// What a repeat is answered, where what is stored does not say it; never read here.
    pub answer: Option<String>,
}

/// The first answer to a claim.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct First {
    /// What was stored.
    pub accepted: Accepted,
    /// The claim's own [`Claim::answer`].
    pub answer: Option<String>,
}

/// A notification is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accepted {
    /// Its id; of a repeat, the id of the first.
    pub id: Uuid,
    /// Its place in the tenant's order.
    pub sequence: u64,
    /// When it was stored.
    pub accepted_at: DateTime<Utc>,
    /// Whether it had been stored before.
    pub repeated: bool,
    /// Whether it left something to be delivered.
    pub outgoing: bool,
}
