//! The port to API keys in the store.

use async_trait::async_trait;
use campanile_shared::administration::NewApiKey;
use chrono::{DateTime, Utc};

use crate::{
    KeyId, Result, SecretHash, Sender, TenantId,
    model::{api_key::StoredApiKey, listing::Listing},
};

/// The store of API keys.
#[async_trait]
pub trait ApiKeyStore: Send + Sync + 'static {
    /// Adds an API key; [`crate::Error::AlreadyExists`] if the tenant has one with this name.
    async fn create_key(&self, tenant: TenantId, new: &NewApiKey, hash: SecretHash, now: DateTime<Utc>) -> Result<KeyId>;

    /// The tenant's API keys, by name.
    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>>;

    /// Records when keys were last used. This may be lost when power fails: the next use records it again.
    async fn record_key_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()>;

    /// Revokes a key and every token it was exchanged for; `NotFound` if there is none with this name.
    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()>;

    /// The sender of an API key that is not revoked.
    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>>;
}
