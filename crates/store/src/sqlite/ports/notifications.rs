//! The port to notifications.

use async_trait::async_trait;
use campanile_domain::{
    AudienceKey, NewNotification, Notification, PersonId, Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey, RecordedResponse},
        inbox_item::ArrivedNotification,
        listing::Listing,
        notification::Reviser,
    },
    ports::notifications::NotificationStore,
};
use campanile_shared::{
    Content,
    directory::AudienceSummary,
    sent::{Recipient, RecipientCounts},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::sqlite::{Sqlite, arrivals, audience, correct, idempotency, notifications, notifications_read, recall, recipients};

#[async_trait]
impl NotificationStore for Sqlite {
    async fn insert_notification(&self, tenant: TenantId, new: NewNotification, claim: Option<IdempotencyKey>) -> Result<Accepted> {
        let prepared = notifications::PreparedNotification::new(new, claim)?;
        self.writer.write_without_savepoint(move |writing| notifications::accept(writing, tenant, prepared)).await
    }

    async fn recorded_response(&self, tenant: TenantId, claim: &IdempotencyKey, now: DateTime<Utc>) -> Result<Option<RecordedResponse>> {
        let claim = claim.clone();
        self.read_pool.read(move |connection| idempotency::recorded_response(connection, tenant, &claim, now)).await
    }

    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>> {
        self.read_pool.read(move |connection| notifications_read::page(connection, tenant, before, limit)).await
    }

    async fn arrived(&self, tenant: TenantId, sequences: Vec<u64>) -> Result<Listing<ArrivedNotification, u64>> {
        self.read_pool.read(move |connection| arrivals::arrived(connection, tenant, &sequences)).await
    }

    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>> {
        self.read_pool.read(move |connection| notifications_read::by_id(connection, tenant, id)).await
    }

    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64> {
        let keys = keys.to_vec();
        self.read_pool.read(move |connection| audience::audience_size(connection, tenant, &keys)).await
    }

    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
        let keys = keys.to_vec();
        self.read_pool.query(move |connection| audience::summary(connection, tenant, &keys, limit)).await
    }

    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)> {
        self.read_pool.query(move |connection| recipients::recipients(connection, tenant, id, after, limit)).await
    }

    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| recall::recall(writing, tenant, id, &by, now)).await
    }

    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| correct::correct(writing, tenant, id, &content, &by, now)).await
    }
}
