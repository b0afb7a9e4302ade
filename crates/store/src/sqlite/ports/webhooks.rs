//! The port to webhook endpoints.

use async_trait::async_trait;
use campanile_domain::{
    Result, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        webhook::WebhookEndpoint,
    },
    ports::webhooks::WebhookStore,
};
use uuid::Uuid;

use crate::sqlite::{Sqlite, webhooks};

#[async_trait]
impl WebhookStore for Sqlite {
    async fn insert_webhook(&self, tenant: TenantId, hook: &WebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<Accepted> {
        let hook = hook.clone();
        self.writer.write(move |writing| webhooks::create(writing, tenant, &hook, claim.as_ref())).await
    }

    async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookEndpoint>> {
        self.read_pool.read(move |connection| webhooks::list(connection, tenant)).await
    }

    async fn remove_webhook(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| webhooks::remove(writing, tenant, id)).await
    }
}
