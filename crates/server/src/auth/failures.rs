//! How often something went wrong of late, for each address or login.

use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use campanile_domain::{Error, Result};
use chrono::{DateTime, Utc};

/// A leaky bucket for each key (GCRA, as ITU-T I.371 has it): `most` at once, and as many in every
/// span. Of each key only the instant is kept at which all of it is forgotten.
pub struct Failures<K> {
    /// After how long one is forgotten.
    each: Duration,
    most: u32,
    forgotten: Mutex<HashMap<K, DateTime<Utc>>>,
}

impl<K: Eq + Hash + Clone> Failures<K> {
    /// At most so many in a span.
    pub fn new(most: NonZeroU32, span: Duration) -> Self {
        Self { each: span / most.get(), most: most.get(), forgotten: Mutex::default() }
    }

    /// Counts one before it is known how it ends, so that many at the same time are not more than
    /// are allowed one after another; or says how long to wait.
    pub fn count(&self, key: &K, now: DateTime<Utc>) -> Result<()> {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        let until = forgotten.get(key).copied().unwrap_or(now).max(now) + self.each;
        let longest = now + self.each * self.most;
        if until > longest {
            return Err(Error::TooMany { retry_after: (until - longest).to_std().unwrap_or(self.each) });
        }
        forgotten.insert(key.clone(), until);
        Ok(())
    }

    /// Takes back one that ended well.
    pub fn take_back(&self, key: &K) {
        let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = forgotten.get_mut(key) {
            *until -= self.each;
        }
    }

    /// Drops the keys of which nothing is counted any more.
    pub fn tidy(&self, now: DateTime<Utc>) {
        self.forgotten.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn wait(failures: &Failures<&str>, key: &'static str, now: DateTime<Utc>) -> Option<Duration> {
        match failures.count(&key, now) {
            Err(Error::TooMany { retry_after }) => Some(retry_after),
            _ => None,
        }
    }

    #[test]
    fn so_many_in_a_span_and_whoever_waits_as_told_may_go_on() {
        let failures = Failures::new(NonZeroU32::new(3).unwrap(), 30 * SECOND);
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..3 {
            assert_eq!(wait(&failures, "a", now), None);
        }
        assert_eq!(wait(&failures, "a", now), Some(10 * SECOND));
        assert_eq!(wait(&failures, "b", now), None, "another key has its own");
        assert_eq!(wait(&failures, "a", now + SECOND * 9), Some(SECOND));
        assert_eq!(wait(&failures, "a", now + SECOND * 10), None);
        assert_eq!(wait(&failures, "a", now + SECOND * 10), Some(10 * SECOND));
    }

    #[test]
    fn what_ended_well_does_not_count_and_what_is_forgotten_takes_no_room() {
        let failures = Failures::new(NonZeroU32::MIN, 30 * SECOND);
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..5 {
            assert_eq!(wait(&failures, "a", now), None);
            failures.take_back(&"a");
        }
        assert_eq!(wait(&failures, "a", now), None);
        failures.tidy(now + SECOND * 29);
        assert_eq!(failures.forgotten.lock().unwrap().len(), 1);
        failures.tidy(now + SECOND * 30);
        assert_eq!(failures.forgotten.lock().unwrap().len(), 0);
    }
}
