//! Deliveries by e-mail and HTTP and their attempts, as senders see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Channel, rfc3339};

/// The state of a delivery.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waiting for the first or the next attempt.
    Pending,
    /// The receiver accepted it.
    Delivered,
    /// The receiver refused it permanently.
    Rejected,
    /// Every attempt of the retry schedule failed.
    GivenUp,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Rejected, Self::GivenUp];
}

/// The delivery of a notification to one address or URL through one channel.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The delivery's id. Every attempt carries it, so the receiver can drop repeats.
    pub id: Uuid,
    /// The channel.
    pub channel: Channel,
    /// The address or URL, without the parts that may be secret.
    pub target: String,
    /// The recipient's login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The state.
    pub state: DeliveryState,
    /// When the next attempt is due; present only while the delivery is pending.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub due_at: Option<DateTime<Utc>>,
    /// Every attempt, the oldest first.
    pub attempts: Vec<Attempt>,
}

/// One attempt to deliver.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When the attempt ended.
    #[serde(deserialize_with = "rfc3339::read")]
    pub at: DateTime<Utc>,
    /// The duration in milliseconds.
    pub millis: u32,
    /// The receiver's answer, or why it could not be reached.
    pub answer: String,
}

/// A page of a notification's deliveries.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryPage {
    /// The deliveries on this page, the oldest first.
    pub items: Vec<Delivery>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The number of the notification's deliveries in each state, over all pages.
    pub counts: DeliveryCounts,
}

/// The number of deliveries in each state.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryCounts {
    /// Waiting for an attempt.
    pub pending: u64,
    /// Accepted by the receiver.
    pub delivered: u64,
    /// Refused permanently.
    pub rejected: u64,
    /// Failed in every attempt.
    pub given_up: u64,
    /// Whether there are more: counting was ended because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}
