//! Deliveries: to be stored, due, and after an attempt.

use campanile_shared::{Channel, Language};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    PersonId, TenantId,
    model::{http_request::HttpRequest, webhook::WebhookEndpoint},
};

/// A delivery to store together with its notification.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// Its id: see [`delivery_id`].
    pub id: Uuid,
    /// Its channel.
    pub channel: Channel,
    /// The e-mail address or URL.
    pub target: String,
    /// Its queue.
    pub queue: String,
    /// The request, for HTTP.
    pub request: Option<HttpRequest>,
    /// When its first attempt is due.
    pub due_at: DateTime<Utc>,
}

/// A due delivery, leased by this process.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its id.
    pub id: Uuid,
    /// Its tenant.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The notification's position in the tenant's order.
    pub sequence: u64,
    /// The recipient, if the delivery is for one person.
    pub recipient: Option<DeliveryRecipient>,
    /// Why it is not attempted any more, if so.
    pub skip_reason: Option<SkipReason>,
    /// Its channel.
    pub channel: Channel,
    /// The e-mail address or URL.
    pub target: String,
    /// Its queue.
    pub queue: String,
    /// The request, if the sender specified one.
    pub request: Option<HttpRequest>,
    /// The webhook endpoint, if the request is still to be built in its format.
    pub webhook: Option<WebhookEndpoint>,
    /// How many attempts have been made.
    pub attempts: u32,
}

/// The person a delivery is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecipient {
    /// The person's id.
    pub id: PersonId,
    /// The display name.
    pub name: String,
    /// Languages that the person reads, the preferred one first, the tenant's last.
    pub languages: Vec<Language>,
}

/// Why a due delivery is not attempted any more.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SkipReason {
    /// Its recipient was removed.
    RecipientRemoved,
    /// Its recipient has ended all mail.
    Unsubscribed,
    /// Its endpoint or URL is disabled, because it answered that it accepts nothing any more. Holds that
    /// answer.
    Gone(String),
}

/// The result recorded for a delivery to a disabled endpoint or URL.
pub const TARGET_DISABLED: &str = "not sent: the endpoint or URL is disabled";

/// The record of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// The delivery.
    pub id: Uuid,
    /// What happens to the delivery.
    pub next_step: AfterAttempt,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// What the receiver answered.
    pub detail: String,
}

/// What happens to a delivery after an attempt, by the retry schedule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AfterAttempt {
    /// Nothing more: it was accepted.
    Delivered,
    /// Another attempt at this time.
    RetryAt(DateTime<Utc>),
    /// Nothing more: the receiver rejected it permanently.
    Rejected,
    /// Nothing more, and the endpoint or URL is disabled.
    Gone,
    /// Nothing more: the retry schedule is exhausted.
    GivenUp,
}

/// The state of the first attempts of a notification's deliveries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FirstAttempts {
    /// Some have not been made yet.
    Pending,
    /// At least one failed.
    SomeFailed,
    /// All were accepted, or there was nothing to deliver.
    AllDelivered,
}

/// The id of a notification's delivery to a target. It is a hash of its arguments, so that planning a
/// delivery twice does not deliver it twice.
pub fn delivery_id(notification: Uuid, channel: Channel, target: &str) -> Uuid {
    let digest = Sha256::new().chain_update(notification.as_bytes()).chain_update(channel.name()).chain_update([0]).chain_update(target);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_derived_from_notification_channel_and_target() {
        let one = Uuid::from_u128(1);
        assert_eq!(delivery_id(one, Channel::Email, "a@b"), delivery_id(one, Channel::Email, "a@b"));
        assert_ne!(delivery_id(one, Channel::Email, "a@b"), delivery_id(one, Channel::Http, "a@b"));
        assert_ne!(delivery_id(one, Channel::Email, "a@b"), delivery_id(Uuid::from_u128(2), Channel::Email, "a@b"));
        assert_eq!(delivery_id(one, Channel::Email, "a@b").get_version_num(), 8);
    }
}
