//! The port to scheduled notifications.

use async_trait::async_trait;
use campanile_domain::{
    NewNotification, Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        listing::Listing,
        scheduled::{ScheduledCursor, ScheduledNotification},
    },
    ports::scheduled::ScheduledStore,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::sqlite::{Sqlite, notifications, scheduled};

#[async_trait]
impl ScheduledStore for Sqlite {
    async fn schedule(
        &self,
        tenant: TenantId,
        scheduled: &ScheduledNotification,
        claim: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Accepted> {
        let scheduled = scheduled.clone();
        self.writer.write(move |writing| scheduled::insert(writing, tenant, &scheduled, claim.as_ref(), now)).await
    }

    async fn scheduled(
        &self,
        tenant: TenantId,
        after: Option<ScheduledCursor>,
        limit: u32,
    ) -> Result<Listing<ScheduledNotification, ScheduledCursor>> {
        self.read_pool.read(move |connection| scheduled::list(connection, tenant, after, limit)).await
    }

    async fn scheduled_notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<ScheduledNotification>> {
        self.read_pool.read(move |connection| scheduled::find(connection, tenant, id)).await
    }

    async fn due_scheduled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, ScheduledNotification)>> {
        self.read_pool.read(move |connection| scheduled::find_due(connection, now, limit)).await
    }

    async fn publish_scheduled(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted> {
        let prepared = notifications::PreparedNotification::new(new, None)?;
        self.writer.write(move |writing| scheduled::publish(writing, tenant, prepared)).await
    }

    async fn cancel_scheduled(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| scheduled::delete(writing, tenant, id)).await
    }
}
