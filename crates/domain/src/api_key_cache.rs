//! A cache of valid API keys, so that a busy sender does not cost a look-up for each request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{SecretHash, Sender, TenantId};

/// A cache of valid API keys, with the time of each look-up.
#[derive(Clone, Default)]
pub(crate) struct ApiKeyCache(Arc<Mutex<HashMap<SecretHash, CachedSender>>>);

type CachedSender = (Sender, DateTime<Utc>);

/// How long a cached key is trusted. This is the longest time for which a revoked key still works.
const CACHE_TTL: TimeDelta = TimeDelta::seconds(1);

/// The cache is cleared when it holds this many keys.
const CACHE_CAPACITY: usize = 10_000;

impl ApiKeyCache {
    pub(crate) fn get(&self, hash: SecretHash, now: DateTime<Utc>) -> Option<Sender> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).filter(|(_, since)| (TimeDelta::zero()..CACHE_TTL).contains(&(now - since))).map(|(sender, _)| sender.clone())
    }

    pub(crate) fn insert(&self, hash: SecretHash, sender: Sender, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CACHE_CAPACITY {
            known.clear();
        }
        known.insert(hash, (sender, now));
    }

    /// Clears the cache, because another process may have revoked keys.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Removes one key of a tenant from the cache.
    pub(crate) fn remove(&self, tenant: TenantId, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (sender, _)| sender.tenant != tenant || sender.name != name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn hash(number: usize) -> SecretHash {
        SecretHash::of(&number.to_string())
    }

    #[test]
    fn a_key_is_cached_for_a_second() {
        let (known, sender, start) = (ApiKeyCache::default(), fixtures::key(&[]), fixtures::at(100));
        known.insert(hash(1), sender.clone(), start);
        for (millis, believed) in [(-1, false), (0, true), (999, true), (1_000, false)] {
            let now = start + TimeDelta::milliseconds(millis);
            assert_eq!(known.get(hash(1), now), Some(sender.clone()).filter(|_| believed), "{millis} ms");
        }
        assert_eq!(known.get(hash(2), start), None);
        known.insert(hash(1), sender.clone(), start + TimeDelta::seconds(1));
        assert_eq!(known.get(hash(1), start + TimeDelta::seconds(1)), Some(sender));
    }

    #[test]
    fn a_revoked_key_leaves_the_cache_and_others_stay() {
        let now = fixtures::at(100);
        let senders: Vec<Sender> = [(1, "a"), (1, "b"), (2, "a")]
            .map(|(tenant, name)| Sender { tenant: TenantId(tenant), name: name.to_owned(), ..fixtures::key(&[]) })
            .into();
        let known = ApiKeyCache::default();
        senders.iter().enumerate().for_each(|(number, sender)| known.insert(hash(number), sender.clone(), now));
        let believed = || (0..3).filter(|number| known.get(hash(*number), now).is_some()).collect::<Vec<_>>();
        known.remove(TenantId(3), "a");
        assert_eq!(believed(), [0, 1, 2]);
        known.remove(TenantId(1), "a");
        assert_eq!(believed(), [1, 2]);
        known.clear();
        assert_eq!(believed(), [0; 0]);
    }

    #[test]
    fn the_cache_has_a_capacity() {
        let (known, now) = (ApiKeyCache::default(), fixtures::at(100));
        for number in 0..CACHE_CAPACITY {
            known.insert(hash(number), fixtures::key(&[]), now);
        }
        assert!(known.get(hash(0), now).is_some() && known.get(hash(CACHE_CAPACITY - 1), now).is_some());
        known.insert(hash(CACHE_CAPACITY), fixtures::key(&[]), now);
        assert!(known.get(hash(0), now).is_none());
        assert!(known.get(hash(CACHE_CAPACITY), now).is_some());
    }
}
