//! API keys: creating, listing, checking and revoking them.

use std::num::NonZeroU32;

use campanile_shared::administration::{ApiKey, ApiKeySecret, NewApiKey};

use crate::{
    Campanile, Error, KeyId, Result, Scope, SecretHash, Sender, Tenant, TenantId,
    model::{
        access::{Ability, Actor},
        listing::Listing,
        secret::SecretKind,
    },
    secret,
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// The sender of an API key. A key is cached for a second, so that a busy sender does not cost a look-up
    /// for each request.
    pub async fn sender(&self, key: &str) -> Result<Sender> {
        let sender = self.find_sender(key).await;
        if let Err(Error::Unauthenticated) = sender {
            Entry::new(SecurityEvent::ApiKey).refused("unknown");
        }
        sender
    }

    /// Like [`Campanile::sender`], without an entry in the security log, for callers that write their own.
    pub async fn find_sender(&self, key: &str) -> Result<Sender> {
        self.cached_sender(SecretKind::ApiKey, key).await
    }
}

impl Campanile {
    /// Creates an API key for the operator and returns its text, which is never shown again. It checks no
    /// permission; [`Campanile::add_key`] does.
    pub async fn create_key(&self, tenant: &Tenant, name: &str, scopes: &[Scope]) -> Result<String> {
        let new = NewApiKey { name: name.to_owned(), scopes: scopes.to_vec(), requests_per_second: None };
        self.new_key(tenant.id, &new).await
    }

    /// Creates an API key. Its text is shown only in this response.
    pub async fn add_key(&self, by: &Actor, new: &NewApiKey) -> Result<ApiKeySecret> {
        let made = match by.require(Ability::Administer) {
            Ok(()) => self.new_key(by.tenant(), new).await,
            Err(error) => Err(error),
        };
        let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.name()).collect();
        Entry::new(SecurityEvent::KeyCreated).by(by).subject(&new.name).detail(&scopes.join(",")).finished(&made);
        Ok(ApiKeySecret { secret: made? })
    }

    /// Creates an API key for the operator, without checking a permission.
    pub async fn new_key(&self, tenant: TenantId, new: &NewApiKey) -> Result<String> {
        let faults = new.check();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let text = secret::generate(&*self.random, SecretKind::ApiKey);
        self.store.create_key(tenant, new, SecretHash::of(&text), self.now()).await?;
        Ok(text)
    }

    /// A page of the tenant's API keys, by name, including revoked ones.
    pub async fn keys(&self, by: &Actor, after: Option<KeyId>, limit: u32) -> Result<Listing<ApiKey, KeyId>> {
        by.require(Ability::Administer)?;
        Ok(self.store.keys(by.tenant(), after, limit).await?.map(|key| ApiKey {
            last_used_at: key.last_used_at.max(self.api_key_usage.last(key.id)),
            name: key.name,
            scopes: key.scopes,
            requests_per_second: key.requests_per_second.map(NonZeroU32::get),
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        }))
    }

    /// Revokes a key and every token it was exchanged for. This process rejects it at once, other processes
    /// on the same store within a second.
    pub async fn revoke_key(&self, by: &Actor, name: &str) -> Result<()> {
        let revoked = match by.require(Ability::Administer) {
            Ok(()) => self.store.revoke_key(by.tenant(), name, self.now()).await,
            Err(error) => Err(error),
        };
        Entry::new(SecurityEvent::KeyRevoked).by(by).subject(name).finished(&revoked);
        self.sender_cache.remove(by.tenant(), name);
        revoked
    }

    /// Writes the uses of keys that are due to be written.
    pub(crate) async fn write_api_key_usage(&self) -> Result<()> {
        let uses = self.api_key_usage.uses_to_write();
        if uses.is_empty() {
            return Ok(());
        }
        self.store.record_key_uses(uses.clone()).await?;
        self.api_key_usage.mark_written(&uses);
        Ok(())
    }
}
