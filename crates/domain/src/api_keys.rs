//! API keys: creating, listing and revoking them, and recording when they were last used.
//!
//! Uses are recorded in memory when a key is looked up. Housekeeping writes them at most once a minute for
//! each key, so that no request waits for it.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use campanile_shared::administration::{ApiKey, ApiKeySecret, NewApiKey};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Campanile, Error, KeyId, Result, Scope, SecretHash, Tenant, TenantId,
    model::{
        access::{Ability, Actor},
        listing::Listing,
        secret::SecretKind,
    },
    secret,
    security_log::{Entry, SecurityEvent},
};

/// How long to wait before the use of a key is written again.
const WRITE_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// When keys were last used, in this process.
#[derive(Clone, Default)]
pub(crate) struct ApiKeyUsage(Arc<Mutex<HashMap<KeyId, LastUse>>>);

/// The last use of a key.
struct LastUse {
    at: DateTime<Utc>,
    /// The last use that was written.
    written: Option<DateTime<Utc>>,
}

impl ApiKeyUsage {
    /// Records that a key is used.
    pub(crate) fn record(&self, key: KeyId, now: DateTime<Utc>) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.entry(key).and_modify(|one| one.at = now).or_insert(LastUse { at: now, written: None });
    }

    fn last(&self, key: KeyId) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).map(|one| one.at)
    }

    /// The uses that are due to be written.
    fn uses_to_write(&self) -> Vec<(KeyId, DateTime<Utc>)> {
        let uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |one: &LastUse| one.written.is_none_or(|written| one.at - written >= WRITE_INTERVAL);
        uses.iter().filter(|(_, one)| due(one)).map(|(key, one)| (*key, one.at)).collect()
    }

    fn mark_written(&self, written: &[(KeyId, DateTime<Utc>)]) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, at) in written {
            if let Some(one) = uses.get_mut(key) {
                one.written = Some(*at);
            }
        }
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
        self.api_key_cache.remove(by.tenant(), name);
        revoked
    }

    /// Clears the cache of API keys, because another process may have revoked some.
    pub fn clear_api_key_cache(&self) {
        self.api_key_cache.clear();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute() {
        let uses = ApiKeyUsage::default();
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        uses.record(KeyId(1), at(0));
        assert_eq!(uses.uses_to_write(), [(KeyId(1), at(0))]);
        uses.mark_written(&uses.uses_to_write());
        uses.record(KeyId(1), at(59));
        assert_eq!((uses.uses_to_write(), uses.last(KeyId(1))), (Vec::new(), Some(at(59))));
        uses.record(KeyId(1), at(60));
        assert_eq!(uses.uses_to_write(), [(KeyId(1), at(60))]);
    }
}
