//! Limits: sign-ins that fail, and requests by API key and by person.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use campanile_domain::{Error, KeyId, PersonId, Result, Sender};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

use super::sign_ins::{Attempt, SignIns};
use crate::config::Config;

type Limit<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// Every limit of the server.
pub struct Limiter {
    sign_ins: Option<SignIns>,
    keys: Option<Limit<KeyId>>,
    /// The limits of keys that have one of their own, by requests a second.
    own: RwLock<HashMap<NonZeroU32, Arc<Limit<KeyId>>>>,
    people: Option<Limit<PersonId>>,
}

impl Limiter {
    /// The limits of the settings.
    pub fn new(config: &Config) -> Self {
        Self {
            sign_ins: SignIns::new(config.limits.sign_in_attempts),
            keys: limit(config.server.requests_per_second, config.server.request_burst),
            own: RwLock::default(),
            people: limit(config.limits.person_requests_per_second, config.limits.person_request_burst),
        }
    }

    /// Makes an attempt to sign in unless too many failed before.
    pub async fn sign_in<T>(&self, attempt: Attempt, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_ins {
            Some(sign_ins) => sign_ins.attempt(attempt, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Makes an attempt to change one's own password unless the present one was wrong too often.
    pub async fn password_change<T>(&self, who: PersonId, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_ins {
            Some(sign_ins) => sign_ins.change(who, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Counts a request of an API key, by the key's own limit if it has one.
    pub fn request(&self, sender: &Sender) -> Result<()> {
        match sender.requests_per_second {
            Some(rate) => pass(&self.own(rate), &sender.key),
            None => self.keys.as_ref().map_or(Ok(()), |limit| pass(limit, &sender.key)),
        }
    }

    /// Counts a request of a person, by whatever they come in with.
    pub fn person(&self, who: PersonId) -> Result<()> {
        self.people.as_ref().map_or(Ok(()), |limit| pass(limit, &who))
    }

    fn own(&self, rate: NonZeroU32) -> Arc<Limit<KeyId>> {
        if let Some(limit) = self.own.read().unwrap_or_else(PoisonError::into_inner).get(&rate) {
            return limit.clone();
        }
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        own.entry(rate).or_insert_with(|| Arc::new(RateLimiter::keyed(Quota::per_second(rate)))).clone()
    }

    /// Forgets whoever has not been seen for a while.
    pub fn tidy(&self) {
        if let Some(sign_ins) = &self.sign_ins {
            sign_ins.tidy(Instant::now());
        }
        if let Some(keys) = &self.keys {
            keys.retain_recent();
        }
        if let Some(people) = &self.people {
            people.retain_recent();
        }
        self.own.write().unwrap_or_else(PoisonError::into_inner).retain(|_, limit| {
            limit.retain_recent();
            !limit.is_empty()
        });
    }
}

fn limit<K: std::hash::Hash + Eq + Clone>(rate: u32, burst: u32) -> Option<Limit<K>> {
    let rate = NonZeroU32::new(rate)?;
    let burst = NonZeroU32::new(burst).unwrap_or(rate);
    Some(RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)))
}

fn pass<K: std::hash::Hash + Eq + Clone>(limit: &Limit<K>, key: &K) -> Result<()> {
    let now = DefaultClock::default().now();
    limit.check_key(key).map_err(|until| Error::TooMany { retry_after: until.wait_time_from(now) })
}
