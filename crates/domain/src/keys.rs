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
    access::{Ability, Actor},
    secret::{self, Kind},
    security_log::{Entry, Event},
    store::Listing,
};

/// How long to wait before the use of a key is written again.
const WRITTEN: TimeDelta = TimeDelta::minutes(1);

/// When keys were last used, in this process.
#[derive(Clone, Default)]
pub(crate) struct KeyUses(Arc<Mutex<HashMap<KeyId, Use>>>);

/// The last use of a key.
struct Use {
    at: DateTime<Utc>,
    /// The last use that was written.
    written: Option<DateTime<Utc>>,
}

impl KeyUses {
    /// Records that a key is used.
    pub(crate) fn note(&self, key: KeyId, now: DateTime<Utc>) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.entry(key).and_modify(|one| one.at = now).or_insert(Use { at: now, written: None });
    }

    fn last(&self, key: KeyId) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).map(|one| one.at)
    }

    /// The uses that are due to be written.
    fn unwritten(&self) -> Vec<(KeyId, DateTime<Utc>)> {
        let uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |one: &Use| one.written.is_none_or(|written| one.at - written >= WRITTEN);
        uses.iter().filter(|(_, one)| due(one)).map(|(key, one)| (*key, one.at)).collect()
    }

    fn written(&self, written: &[(KeyId, DateTime<Utc>)]) {
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
        Entry::new(Event::KeyCreated).by(by).subject(&new.name).detail(&scopes.join(",")).ended(&made);
        Ok(ApiKeySecret { secret: made? })
    }

    /// Creates an API key for the operator, without checking a permission.
    pub async fn new_key(&self, tenant: TenantId, new: &NewApiKey) -> Result<String> {
        let faults = new.check();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let text = secret::generate(&*self.random, Kind::Key);
        self.store.create_key(tenant, new, SecretHash::of(&text), self.now()).await?;
        Ok(text)
    }

    /// A page of the tenant's API keys, by name, including revoked ones.
    pub async fn keys(&self, by: &Actor, after: Option<KeyId>, limit: u32) -> Result<Listing<ApiKey, KeyId>> {
        by.require(Ability::Administer)?;
        Ok(self.store.keys(by.tenant(), after, limit).await?.map(|key| ApiKey {
            last_used_at: key.last_used_at.max(self.key_uses.last(key.id)),
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
        Entry::new(Event::KeyRevoked).by(by).subject(name).ended(&revoked);
        self.known_keys.forget(by.tenant(), name);
        revoked
    }

    /// Clears the cache of API keys, because another process may have revoked some.
    pub fn forget_known_keys(&self) {
        self.known_keys.forget_all();
    }

    /// Writes the uses of keys that are due to be written.
    pub(crate) async fn write_key_uses(&self) -> Result<()> {
        let uses = self.key_uses.unwritten();
        if uses.is_empty() {
            return Ok(());
        }
        self.store.note_uses(uses.clone()).await?;
        self.key_uses.written(&uses);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute() {
        let uses = KeyUses::default();
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        uses.note(KeyId(1), at(0));
        assert_eq!(uses.unwritten(), [(KeyId(1), at(0))]);
        uses.written(&uses.unwritten());
        uses.note(KeyId(1), at(59));
        assert_eq!((uses.unwritten(), uses.last(KeyId(1))), (Vec::new(), Some(at(59))));
        uses.note(KeyId(1), at(60));
        assert_eq!(uses.unwritten(), [(KeyId(1), at(60))]);
    }
}
