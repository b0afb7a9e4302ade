//! What became of what left the house: deliveries and their attempts, as senders see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Channel, instant};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its first attempt or the next.
    Pending,
    /// The other side took it.
    Delivered,
    /// The other side will never take it.
    Rejected,
    /// It was tried as often as the schedule allows.
    GivenUp,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Rejected, Self::GivenUp];
}

/// One delivery: one channel, one address.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id; the receiver sees it with every attempt and can drop repeats by it.
    pub id: Uuid,
    /// The way it takes.
    pub channel: Channel,
    /// The address or URL, without what may be secret in it.
    pub target: String,
    /// The login of the person it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When the next attempt is due, while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub due_at: Option<DateTime<Utc>>,
    /// Every attempt, the first first.
    pub attempts: Vec<Attempt>,
}

/// One attempt.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When it ended.
    #[serde(deserialize_with = "instant::read")]
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub millis: u32,
    /// What the other side said, or why it was not reached.
    pub answer: String,
}

/// The deliveries of a notification.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryPage {
    /// Those on this page, the earliest first.
    pub items: Vec<Delivery>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All of the notification's deliveries by state.
    pub counts: DeliveryCounts,
}

/// How many deliveries stand where.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryCounts {
    /// Waiting for an attempt.
    pub pending: u64,
    /// Taken by the other side.
    pub delivered: u64,
    /// Refused for good.
    pub rejected: u64,
    /// Tried in vain.
    pub given_up: u64,
    /// Whether there are more: counting was ended because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}
