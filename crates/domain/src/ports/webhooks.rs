//! The port to webhook endpoints in the store.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        webhook::WebhookEndpoint,
    },
};

/// The store of webhook endpoints.
#[async_trait]
pub trait WebhookStore: Send + Sync + 'static {
    /// Adds a webhook endpoint. With an idempotency key it is added at most once: see
    /// [`insert_notification`](super::notifications::NotificationStore::insert_notification). The returned
    /// sequence is 0.
    async fn insert_webhook(&self, tenant: TenantId, hook: &WebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<Accepted>;

    /// The tenant's webhook endpoints, oldest first.
    async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookEndpoint>>;

    /// Removes a webhook endpoint and its pending deliveries.
    async fn remove_webhook(&self, tenant: TenantId, id: Uuid) -> Result<()>;
}
