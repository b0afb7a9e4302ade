//! The port to housekeeping: what expires, returns or is deleted in the store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Result, model::deletion_time::DeletionTime};

/// What housekeeping does in the store.
#[async_trait]
pub trait HousekeepingStore: Send + Sync + 'static {
    /// Checks whether another process has changed anything since the last call and, if so, reports
    /// [`crate::StoreEvent::ChangedByOtherProcess`].
    async fn check_other_processes(&self) -> Result<()>;

    /// Returns snoozed items whose time has come to their inboxes, unread and above the others until they are
    /// read. At most `limit`; returns how many were looked at.
    async fn resurface_snoozed(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Removes expired notifications from the inboxes, at most `limit`. Returns how many.
    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Deletes notifications past their tenant's retention with their deliveries, and expired tokens, undo
    /// records and idempotency keys (24 hours), at most `limit` rows of each. Returns how many notifications
    /// and deliveries were deleted.
    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// The deletion time that was last stored. In a database that has none yet, the time of the last
    /// notification; `None` if there is none either.
    async fn deletion_time(&self) -> Result<Option<DeletionTime>>;

    /// Stores the deletion time for the next start. This may be lost when power fails.
    async fn set_deletion_time(&self, time: DeletionTime) -> Result<()>;
}
