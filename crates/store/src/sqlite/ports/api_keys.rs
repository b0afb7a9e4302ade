//! The port to API keys.

use async_trait::async_trait;
use campanile_domain::{
    KeyId, Result, SecretHash, Sender, TenantId,
    model::{api_key::StoredApiKey, listing::Listing},
    ports::api_keys::ApiKeyStore,
};
use campanile_shared::administration::NewApiKey;
use chrono::{DateTime, Utc};

use crate::sqlite::{Sqlite, api_keys};

#[async_trait]
impl ApiKeyStore for Sqlite {
    async fn create_key(&self, tenant: TenantId, new: &NewApiKey, hash: SecretHash, now: DateTime<Utc>) -> Result<KeyId> {
        let new = new.clone();
        self.writer.write(move |writing| api_keys::create_key(writing, tenant, &new, hash, now)).await
    }

    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>> {
        self.read_pool.read(move |connection| api_keys::keys(connection, tenant, after, limit)).await
    }

    async fn record_key_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()> {
        self.writer.write_relaxed(move |writing| api_keys::record_uses(writing, &uses)).await
    }

    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
        let name = name.to_owned();
        self.writer.write(move |writing| api_keys::revoke_key(writing, tenant, &name, now)).await
    }

    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>> {
        self.read_pool.read(move |connection| api_keys::sender(connection, key)).await
    }
}
