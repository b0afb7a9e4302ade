//! API keys: creating, listing, checking and revoking them.

use std::num::NonZeroU32;

use campanile_shared::administration::{ApiKey, ApiKeySecret, NewApiKey};

use crate::{
    Campanile, Error, KeyId, Result, SecretHash, Sender,
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
    /// Creates an API key. Its text is shown only in this response.
    pub async fn create_key(&self, by: &Actor, new: &NewApiKey) -> Result<ApiKeySecret> {
        let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.name()).collect();
        let entry = Entry::new(SecurityEvent::KeyCreated).by(by).subject(&new.name).detail(&scopes.join(","));
        entry
            .log(async {
                by.require(Ability::Administer)?;
                let faults = new.check();
                if !faults.is_empty() {
                    return Err(Error::Invalid(faults));
                }
                let secret = secret::generate(&*self.random, SecretKind::ApiKey);
                self.store.create_key(by.tenant(), new, SecretHash::of(&secret), self.now()).await?;
                Ok(ApiKeySecret { secret })
            })
            .await
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
        let entry = Entry::new(SecurityEvent::KeyRevoked).by(by).subject(name);
        let revoked = entry
            .log(async {
                by.require(Ability::Administer)?;
                self.store.revoke_key(by.tenant(), name, self.now()).await
            })
            .await;
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
