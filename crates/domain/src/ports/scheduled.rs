//! The port to scheduled notifications in the store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    NewNotification, Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        listing::Listing,
        scheduled::{ScheduledCursor, ScheduledNotification},
    },
};

/// The store of scheduled notifications.
#[async_trait]
pub trait ScheduledStore: Send + Sync + 'static {
    /// Stores a notification to be sent later, or on request. With an idempotency key it is stored at most
    /// once: see [`insert_notification`](super::notifications::NotificationStore::insert_notification). The
    /// returned sequence is 0.
    async fn schedule(
        &self,
        tenant: TenantId,
        scheduled: &ScheduledNotification,
        claim: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Accepted>;

    /// The tenant's scheduled notifications after a cursor, the next to be sent first. Unscheduled ones,
    /// which have no time, come last.
    async fn scheduled(
        &self,
        tenant: TenantId,
        after: Option<ScheduledCursor>,
        limit: u32,
    ) -> Result<Listing<ScheduledNotification, ScheduledCursor>>;

    /// One scheduled notification.
    async fn scheduled_notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<ScheduledNotification>>;

    /// The scheduled notifications of all tenants that are due.
    async fn due_scheduled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, ScheduledNotification)>>;

    /// Sends a scheduled notification: stores the notification and removes the schedule entry in one
    /// transaction. [`crate::Error::NotFound`] if it is not scheduled any more.
    async fn publish_scheduled(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted>;

    /// Removes a scheduled notification; [`crate::Error::NotFound`] if there is none with this id.
    async fn cancel_scheduled(&self, tenant: TenantId, id: Uuid) -> Result<()>;
}
