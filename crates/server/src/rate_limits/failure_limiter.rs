//! Counts recent failures per key, such as a person, an address or a browser.

use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use campanile_domain::{Error, Result};

/// A leaky bucket per key (GCRA, ITU-T I.371): at most `burst` failures at once, and at most `burst` in each
/// span. For each key it stores only the instant at which all its failures are forgotten. Instants come
/// from the monotonic clock, so a jump of the system clock has no effect.
pub struct FailureLimiter<K> {
    /// The time after which one failure is forgotten.
    emission_interval: Duration,
    burst: u32,
    /// The most keys that are stored.
    max_keys: usize,
    forgotten_at: Mutex<HashMap<K, Instant>>,
}

/// The most keys of each kind. They take a few megabytes.
const MAX_KEYS: usize = 50_000;

impl<K: Eq + Hash + Clone> FailureLimiter<K> {
    /// Allows `burst` failures per `span`.
    pub fn new(most: NonZeroU32, span: Duration) -> Self {
        Self { emission_interval: span / most.get(), burst: most.get(), max_keys: MAX_KEYS, forgotten_at: Mutex::default() }
    }

    /// Counts a failure before the attempt, so that concurrent attempts cannot exceed the limit.
    /// [`Error::TooManyRequests`] if the limit is reached; its wait is at most `span / burst`.
    pub fn count(&self, key: &K, now: Instant) -> Result<()> {
        let mut forgotten = self.lock();
        let until = forgotten.get(key).copied().unwrap_or(now).max(now) + self.emission_interval;
        let longest = now + self.emission_interval * self.burst;
        if until > longest {
            return Err(Error::TooManyRequests { retry_after: until - longest });
        }
        if forgotten.len() >= self.max_keys && !forgotten.contains_key(key) {
            evict_half(&mut forgotten, now);
        }
        forgotten.insert(key.clone(), until);
        Ok(())
    }

    /// Removes the failure of an attempt that succeeded.
    pub fn refund(&self, key: &K) {
        let mut forgotten = self.lock();
        let before = forgotten.get(key).and_then(|until| until.checked_sub(self.emission_interval));
        if let Some(before) = before {
            forgotten.insert(key.clone(), before);
        }
    }

    /// Removes the keys whose failures are all forgotten.
    pub fn remove_expired(&self, now: Instant) {
        self.lock().retain(|_, until| *until > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes expired keys. If more than half remain, removes the half that expires first, so that the keys
/// with the most failures stay.
fn evict_half<K: Eq + Hash>(forgotten: &mut HashMap<K, Instant>, now: Instant) {
    let before = forgotten.len();
    forgotten.retain(|_, until| *until > now);
    if forgotten.len() <= before / 2 {
        return;
    }
    let mut ends: Vec<Instant> = forgotten.values().copied().collect();
    let middle = ends.len() / 2;
    let middle = *ends.select_nth_unstable(middle).1;
    // Many keys can expire at the same instant, so count how many to remove.
    let mut drop = before / 2;
    forgotten.retain(|_, until| {
        let goes = *until <= middle && drop > 0;
        drop -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn wait(failures: &FailureLimiter<&str>, key: &'static str, now: Instant) -> Option<Duration> {
        match failures.count(&key, now) {
            Err(Error::TooManyRequests { retry_after }) => Some(retry_after),
            _ => None,
        }
    }

    #[test]
    fn so_many_in_a_span_and_whoever_waits_as_told_may_go_on() {
        let failures = FailureLimiter::new(NonZeroU32::new(3).unwrap(), 30 * SECOND);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(wait(&failures, "a", now), None);
        }
        assert_eq!(wait(&failures, "a", now), Some(10 * SECOND));
        assert_eq!(wait(&failures, "b", now), None, "another key has its own limit");
        assert_eq!(wait(&failures, "a", now + SECOND * 9), Some(SECOND));
        assert_eq!(wait(&failures, "a", now + SECOND * 10), None);
        assert_eq!(wait(&failures, "a", now + SECOND * 10), Some(10 * SECOND));
        for _ in 0..1_000 {
            assert_eq!(wait(&failures, "a", now + SECOND * 10), Some(10 * SECOND), "the wait does not grow");
        }
    }

    #[test]
    fn what_ended_well_does_not_count_and_what_is_forgotten_takes_no_room() {
        let failures = FailureLimiter::new(NonZeroU32::MIN, 30 * SECOND);
        let now = Instant::now();
        for _ in 0..5 {
            assert_eq!(wait(&failures, "a", now), None);
            failures.refund(&"a");
        }
        assert_eq!(wait(&failures, "a", now), None);
        failures.remove_expired(now + SECOND * 29);
        assert_eq!(failures.lock().len(), 1);
        failures.remove_expired(now + SECOND * 30);
        assert_eq!(failures.lock().len(), 0);
    }

    #[test]
    fn a_flood_of_names_takes_bounded_room_and_hides_nobody_who_failed_often() {
        let mut failures = FailureLimiter::new(NonZeroU32::new(3).unwrap(), 30 * SECOND);
        failures.max_keys = 100;
        let now = Instant::now();
        for _ in 0..3 {
            failures.count(&u32::MAX, now).unwrap();
        }
        for number in 0..1_000 {
            failures.count(&number, now).unwrap();
            assert!(failures.lock().len() <= 100);
        }
        assert!(failures.count(&u32::MAX, now).is_err());
    }
}
