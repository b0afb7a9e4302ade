//! The rate limits: failed sign-ins, requests per API key and requests per person.

mod failure_limiter;
pub mod sign_in_limiter;

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

use self::sign_in_limiter::{SignInAttempt, SignInLimiter};
use crate::config::Config;

type KeyedRateLimiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// All rate limits of the server.
pub struct RateLimits {
    sign_in_limiter: Option<SignInLimiter>,
    default_key_rate: Option<KeyedRateLimiter<KeyId>>,
    /// The limiters of API keys with their own limit, by requests per second.
    custom_key_rates: RwLock<HashMap<NonZeroU32, Arc<KeyedRateLimiter<KeyId>>>>,
    person_rate: Option<KeyedRateLimiter<PersonId>>,
}

impl RateLimits {
    /// The limits from the settings.
    pub fn new(config: &Config) -> Self {
        Self {
            sign_in_limiter: SignInLimiter::new(config.limits.sign_in_attempts),
            default_key_rate: keyed_rate_limiter(config.server.requests_per_second, config.server.request_burst),
            custom_key_rates: RwLock::default(),
            person_rate: keyed_rate_limiter(config.limits.person_requests_per_second, config.limits.person_request_burst),
        }
    }

    /// Runs a sign-in attempt, unless too many have failed.
    pub async fn sign_in<T>(&self, attempt: SignInAttempt, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_in_limiter {
            Some(sign_ins) => sign_ins.attempt(attempt, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Runs a change of the person's own password, unless the current password was wrong too often.
    pub async fn password_change<T>(&self, who: PersonId, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.sign_in_limiter {
            Some(sign_ins) => sign_ins.password_change(who, Instant::now(), work).await,
            None => work.await,
        }
    }

    /// Counts a request of an API key against the key's own limit, or the default one.
    pub fn count_key_request(&self, sender: &Sender) -> Result<()> {
        match sender.requests_per_second {
            Some(rate) => check(&self.custom_key_rate(rate), &sender.key),
            None => self.default_key_rate.as_ref().map_or(Ok(()), |limit| check(limit, &sender.key)),
        }
    }

    /// Counts a request of a person, with any credential.
    pub fn count_person_request(&self, who: PersonId) -> Result<()> {
        self.person_rate.as_ref().map_or(Ok(()), |limit| check(limit, &who))
    }

    fn custom_key_rate(&self, rate: NonZeroU32) -> Arc<KeyedRateLimiter<KeyId>> {
        if let Some(limit) = self.custom_key_rates.read().unwrap_or_else(PoisonError::into_inner).get(&rate) {
            return limit.clone();
        }
        let mut own = self.custom_key_rates.write().unwrap_or_else(PoisonError::into_inner);
        own.entry(rate).or_insert_with(|| Arc::new(RateLimiter::keyed(Quota::per_second(rate)))).clone()
    }

    /// Removes entries that no longer limit anyone.
    pub fn remove_expired(&self) {
        if let Some(sign_ins) = &self.sign_in_limiter {
            sign_ins.remove_expired(Instant::now());
        }
        if let Some(keys) = &self.default_key_rate {
            keys.retain_recent();
        }
        if let Some(people) = &self.person_rate {
            people.retain_recent();
        }
        self.custom_key_rates.write().unwrap_or_else(PoisonError::into_inner).retain(|_, limit| {
            limit.retain_recent();
            !limit.is_empty()
        });
    }
}

fn keyed_rate_limiter<K: std::hash::Hash + Eq + Clone>(rate: u32, burst: u32) -> Option<KeyedRateLimiter<K>> {
    let rate = NonZeroU32::new(rate)?;
    let burst = NonZeroU32::new(burst).unwrap_or(rate);
    Some(RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)))
}

fn check<K: std::hash::Hash + Eq + Clone>(limit: &KeyedRateLimiter<K>, key: &K) -> Result<()> {
    let now = DefaultClock::default().now();
    limit.check_key(key).map_err(|until| Error::TooManyRequests { retry_after: until.wait_time_from(now) })
}
