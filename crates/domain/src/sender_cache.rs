//! A cache of valid API keys and access tokens, so that a busy sender does not cost a look-up for each request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Campanile, Error, Result, SecretHash, Sender, TenantId,
    model::{access::Actor, secret::SecretKind, token::TokenHolder},
};

/// The senders of valid API keys and access tokens.
#[derive(Clone, Default)]
pub(crate) struct SenderCache(Arc<Mutex<HashMap<Credential, CachedSender>>>);

/// A secret with its kind, so that a cached access token is never accepted as an API key.
type Credential = (SecretKind, SecretHash);

struct CachedSender {
    sender: Sender,
    cached_at: DateTime<Utc>,
    /// When the secret expires; `None` for an API key.
    expires_at: Option<DateTime<Utc>>,
}

/// How long a cached sender is trusted. This is the longest time for which a revoked key, or a token it was
/// exchanged for, still works.
const CACHE_TTL: TimeDelta = TimeDelta::seconds(1);

/// The cache is cleared when it holds this many senders.
const CACHE_CAPACITY: usize = 10_000;

impl CachedSender {
    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        (TimeDelta::zero()..CACHE_TTL).contains(&(now - self.cached_at)) && self.expires_at.is_none_or(|at| at > now)
    }
}

impl SenderCache {
    fn get(&self, credential: Credential, now: DateTime<Utc>) -> Option<Sender> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&credential).filter(|cached| cached.is_valid(now)).map(|cached| cached.sender.clone())
    }

    fn insert(&self, credential: Credential, cached: CachedSender) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CACHE_CAPACITY {
            known.clear();
        }
        known.insert(credential, cached);
    }

    /// Clears the cache, because another process may have revoked keys.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Removes one key of a tenant, and the tokens it was exchanged for.
    pub(crate) fn remove(&self, tenant: TenantId, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, cached| cached.sender.tenant != tenant || cached.sender.name != name);
    }
}

impl Campanile {
    /// The sender of an API key or an access token, from the cache or the store.
    pub(crate) async fn cached_sender(&self, kind: SecretKind, secret: &str) -> Result<Sender> {
        let (hash, now) = (SecretHash::of(secret), self.now());
        if let Some(sender) = self.sender_cache.get((kind, hash), now) {
            return Ok(sender);
        }
        let (sender, expires_at) = if kind == SecretKind::ApiKey {
            (self.store.sender(hash).await?.ok_or(Error::Unauthenticated)?, None)
        } else {
            match self.store.token(hash, kind, now).await? {
                Some(TokenHolder { actor: Actor::Sender(sender), expires_at }) => (sender, Some(expires_at)),
                _ => return Err(Error::Unauthenticated),
            }
        };
        self.sender_cache.insert((kind, hash), CachedSender { sender: sender.clone(), cached_at: now, expires_at });
        self.api_key_usage.record(sender.key, now);
        Ok(sender)
    }

    /// Clears the cache of API keys and access tokens, because another process may have revoked some.
    pub fn clear_sender_cache(&self) {
        self.sender_cache.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn key(number: usize) -> Credential {
        (SecretKind::ApiKey, SecretHash::of(&number.to_string()))
    }

    fn cached(sender: Sender, cached_at: DateTime<Utc>) -> CachedSender {
        CachedSender { sender, cached_at, expires_at: None }
    }

    #[test]
    fn a_sender_is_cached_for_a_second() {
        let (known, sender, start) = (SenderCache::default(), fixtures::key(&[]), fixtures::at(100));
        known.insert(key(1), cached(sender.clone(), start));
        for (millis, believed) in [(-1, false), (0, true), (999, true), (1_000, false)] {
            let now = start + TimeDelta::milliseconds(millis);
            assert_eq!(known.get(key(1), now), Some(sender.clone()).filter(|_| believed), "{millis} ms");
        }
        assert_eq!(known.get(key(2), start), None);
        known.insert(key(1), cached(sender.clone(), start + TimeDelta::seconds(1)));
        assert_eq!(known.get(key(1), start + TimeDelta::seconds(1)), Some(sender));
    }

    #[test]
    fn a_cached_token_expires_at_its_time_and_is_no_api_key() {
        let (known, sender, start) = (SenderCache::default(), fixtures::key(&[]), fixtures::at(100));
        let token = (SecretKind::AccessToken, key(1).1);
        known.insert(token, CachedSender { expires_at: Some(start + TimeDelta::milliseconds(500)), ..cached(sender.clone(), start) });
        for (millis, believed) in [(499, true), (500, false)] {
            let now = start + TimeDelta::milliseconds(millis);
            assert_eq!(known.get(token, now), Some(sender.clone()).filter(|_| believed), "{millis} ms");
        }
        assert_eq!(known.get(key(1), start), None);
    }

    #[test]
    fn a_revoked_key_leaves_the_cache_and_others_stay() {
        let now = fixtures::at(100);
        let senders: Vec<Sender> = [(1, "a"), (1, "b"), (2, "a")]
            .map(|(tenant, name)| Sender { tenant: TenantId(tenant), name: name.to_owned(), ..fixtures::key(&[]) })
            .into();
        let known = SenderCache::default();
        senders.iter().enumerate().for_each(|(number, sender)| known.insert(key(number), cached(sender.clone(), now)));
        let believed = || (0..3).filter(|number| known.get(key(*number), now).is_some()).collect::<Vec<_>>();
        known.remove(TenantId(3), "a");
        assert_eq!(believed(), [0, 1, 2]);
        known.remove(TenantId(1), "a");
        assert_eq!(believed(), [1, 2]);
        known.clear();
        assert_eq!(believed(), [0; 0]);
    }

    #[test]
    fn the_cache_has_a_capacity() {
        let (known, now) = (SenderCache::default(), fixtures::at(100));
        for number in 0..CACHE_CAPACITY {
            known.insert(key(number), cached(fixtures::key(&[]), now));
        }
        assert!(known.get(key(0), now).is_some() && known.get(key(CACHE_CAPACITY - 1), now).is_some());
        known.insert(key(CACHE_CAPACITY), cached(fixtures::key(&[]), now));
        assert!(known.get(key(0), now).is_none());
        assert!(known.get(key(CACHE_CAPACITY), now).is_some());
    }
}
