//! The port to notifications in the store.

use async_trait::async_trait;
use campanile_shared::{
    Content,
    directory::AudienceSummary,
    sent::{Recipient, RecipientCounts},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    AudienceKey, NewNotification, Notification, PersonId, Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey, RecordedResponse},
        inbox_item::ArrivedNotification,
        listing::Listing,
        notification::Reviser,
    },
};

/// The store of notifications.
#[async_trait]
pub trait NotificationStore: Send + Sync + 'static {
    /// Stores a notification and files it under its keys. A notification for everyone takes as many rows as
    /// one for a single person. With an idempotency key it is stored at most once: a repeat returns the first
    /// response, or [`crate::Error::IdempotencyKeyReused`] if the body differs. If the tenant already has a notification
    /// with the same fingerprint, that one is returned.
    async fn insert_notification(&self, tenant: TenantId, new: NewNotification, claim: Option<IdempotencyKey>) -> Result<Accepted>;

    /// The recorded response to the first request with an idempotency key, while the key is remembered;
    /// [`crate::Error::IdempotencyKeyReused`] if that request had another body.
    async fn recorded_response(&self, tenant: TenantId, claim: &IdempotencyKey, now: DateTime<Utc>) -> Result<Option<RecordedResponse>>;

    /// The tenant's notifications before `before` (`None`: from the newest), newest first.
    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>>;

    /// The notifications with these sequences, ascending, that are in inboxes. The list holds as many as fit into a
    /// page; `next` is the first sequence after them.
    async fn arrived(&self, tenant: TenantId, sequences: Vec<u64>) -> Result<Listing<ArrivedNotification, u64>>;

    /// One notification of the tenant.
    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>>;

    /// How many people the keys reach now. Each person counts once.
    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64>;

    /// Like [`audience_size`](Self::audience_size), and also how many of these people have an address, and the first
    /// `limit` by name.
    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary>;

    /// The people whom a notification reached when it was sent, ordered by id, after `after`: those who held
    /// one of its keys at that time. The counts cover all of them, by what they have done with it since.
    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)>;

    /// Removes a notification from every inbox. A repeat changes nothing, not even who recalled it.
    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()>;

    /// Replaces the content of a notification in every inbox; [`crate::Error::NotFound`] if it is in no
    /// inbox.
    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()>;
}
