//! The port to deliveries in the store.

use async_trait::async_trait;
use campanile_shared::delivery::{Delivery, DeliveryCounts};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Result, TenantId,
    model::{
        delivery::{AttemptRecord, DueDelivery, FirstAttempts},
        listing::Listing,
        queue_capacity::QueueCapacity,
    },
};

/// The store of deliveries.
#[async_trait]
pub trait DeliveryStore: Send + Sync + 'static {
    /// Plans the next part of the mailings: adds one delivery to this queue for each address. Returns how
    /// many people were looked at; 0 when everything is planned.
    async fn expand_mailing(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32>;

    /// Leases due deliveries until `lease`; no other process gets them before that. No queue gets more than
    /// `room` allows. The order starts after the queue served last, so that each queue gets its turn.
    /// Deliveries that are not to be attempted any more are leased too, with the reason in
    /// [`DueDelivery::skip_reason`].
    async fn lease_deliveries(&self, now: DateTime<Utc>, lease: DateTime<Utc>, room: QueueCapacity, limit: u32)
    -> Result<Vec<DueDelivery>>;

    /// Ends the leases on these deliveries, which are then due again at once. Each lease is identified by the
    /// instant at which it ends: a newer lease, held by another process, is left alone.
    async fn release_leases(&self, claims: Vec<(Uuid, DateTime<Utc>)>, now: DateTime<Utc>) -> Result<()>;

    /// Records the results of attempts. Deliveries that were finished in the meantime are not changed.
    /// [`crate::model::delivery::AfterAttempt::Gone`] disables the endpoint, or the URL if the sender named
    /// one: later deliveries to it are leased only to be rejected.
    async fn record_attempts(&self, outcomes: Vec<AttemptRecord>) -> Result<()>;

    /// When the next delivery or scheduled notification is due; `None` if there is none.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>>;

    /// The deliveries of a notification after the row `after`, earliest first, and the counts of all its
    /// deliveries at the same moment.
    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)>;

    /// The state of the first attempts of a notification's own deliveries. Deliveries to webhook endpoints do
    /// not count.
    async fn first_attempts(&self, tenant: TenantId, id: Uuid) -> Result<FirstAttempts>;

    /// Makes the rejected and given-up deliveries of a notification due again, with the full retry schedule.
    /// A disabled URL is enabled again. Returns how many deliveries these are.
    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32>;

    /// Ends pending deliveries of a recalled notification, at most `limit`; returns how many.
    async fn cancel_deliveries(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32>;
}
