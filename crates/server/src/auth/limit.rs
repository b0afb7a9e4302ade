//! The rate limits: failed sign-ins, requests per API key and requests per person.

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

/// All rate limits of the server.
pub struct Limiter {
    sign_ins: Option<SignIns>,
    keys: Option<Limit<KeyId>>,
    /// The limiters of API keys with their own limit, by requests per second.
    own: RwLock<HashMap<NonZeroU32, Arc<Limit<KeyId>>>>,
    people: Option<Limit<PersonId>>,
}

impl Limiter {
    /// The limits from the settings.
    pub fn new(config: &Config) -> Self {
        Self {
            sign_ins: SignIns::new(config.limits.sign_in_attempts),
            keys: limit(config.server.requests_per_second, config.server.request_burst),
            own: RwLock::default(),
            people: limit(config.limits.person_requests_per_second, config.limits.person_request_burst),
        }
    }

    /// Runs a sign-in attempt, unless too many have failed.
    pub async fn sign_in<T>(&self, attempt: Attempt, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_ins {
            Some(sign_ins) => sign_ins.attempt(attempt, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Runs a change of the person's own password, unless the current password was wrong too often.
    pub async fn password_change<T>(&self, who: PersonId, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_ins {
            Some(sign_ins) => sign_ins.change(who, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Counts a request of an API key against the key's own limit, or the default one.
    pub fn request(&self, sender: &Sender) -> Result<()> {
        match sender.requests_per_second {
            Some(rate) => pass(&self.own(rate), &sender.key),
            None => self.keys.as_ref().map_or(Ok(()), |limit| pass(limit, &sender.key)),
        }
    }

    /// Counts a request of a person, with any credential.
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

    /// Removes entries that no longer limit anyone.
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
