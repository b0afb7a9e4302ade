//! How often something went wrong of late, for each person, address or browser.

use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use campanile_domain::{Error, Result};

/// A leaky bucket for each key (GCRA, as ITU-T I.371 has it): `most` at once, and as many in every
/// span. Of each key only the instant is kept at which all of it is forgotten. Instants are those of
/// the monotonic clock: a system clock that jumps locks nobody out and lets nobody in.
pub struct Failures<K> {
    /// After how long one is forgotten.
    each: Duration,
    most: u32,
    /// How many keys are kept.
    room: usize,
    forgotten: Mutex<HashMap<K, Instant>>,
}

/// How many keys are kept of each kind: some megabytes.
const ROOM: usize = 50_000;

impl<K: Eq + Hash + Clone> Failures<K> {
    /// At most so many in a span.
    pub fn new(most: NonZeroU32, span: Duration) -> Self {
        Self { each: span / most.get(), most: most.get(), room: ROOM, forgotten: Mutex::default() }
    }

    /// Counts one before it is known how it ends, so that many at the same time are not more than
    /// are allowed one after another; or says how long to wait, at most a span divided by `most`.
    pub fn count(&self, key: &K, now: Instant) -> Result<()> {
        let mut forgotten = self.lock();
        let until = forgotten.get(key).copied().unwrap_or(now).max(now) + self.each;
        let longest = now + self.each * self.most;
        if until > longest {
            return Err(Error::TooMany { retry_after: until - longest });
        }
        if forgotten.len() >= self.room && !forgotten.contains_key(key) {
            make_room(&mut forgotten, now);
        }
        forgotten.insert(key.clone(), until);
        Ok(())
    }

    /// Takes back one that ended well.
    pub fn take_back(&self, key: &K) {
        let mut forgotten = self.lock();
        let before = forgotten.get(key).and_then(|until| until.checked_sub(self.each));
        if let Some(before) = before {
            forgotten.insert(key.clone(), before);
        }
    }

    /// Drops the keys of which nothing is counted any more.
    pub fn tidy(&self, now: Instant) {
        self.lock().retain(|_, until| *until > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what is over, and else the half that is over first: who failed most is remembered longest.
fn make_room<K: Eq + Hash>(forgotten: &mut HashMap<K, Instant>, now: Instant) {
    let before = forgotten.len();
    forgotten.retain(|_, until| *until > now);
    if forgotten.len() <= before / 2 {
        return;
    }
    let mut ends: Vec<Instant> = forgotten.values().copied().collect();
    let middle = ends.len() / 2;
    let middle = *ends.select_nth_unstable(middle).1;
    // Of many that end at once some have to go as well.
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

    fn wait(failures: &Failures<&str>, key: &'static str, now: Instant) -> Option<Duration> {
        match failures.count(&key, now) {
            Err(Error::TooMany { retry_after }) => Some(retry_after),
            _ => None,
        }
    }

    #[test]
    fn so_many_in_a_span_and_whoever_waits_as_told_may_go_on() {
        let failures = Failures::new(NonZeroU32::new(3).unwrap(), 30 * SECOND);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(wait(&failures, "a", now), None);
        }
        assert_eq!(wait(&failures, "a", now), Some(10 * SECOND));
        assert_eq!(wait(&failures, "b", now), None, "another key has its own");
        assert_eq!(wait(&failures, "a", now + SECOND * 9), Some(SECOND));
        assert_eq!(wait(&failures, "a", now + SECOND * 10), None);
        assert_eq!(wait(&failures, "a", now + SECOND * 10), Some(10 * SECOND));
        for _ in 0..1_000 {
            assert_eq!(wait(&failures, "a", now + SECOND * 10), Some(10 * SECOND), "the wait does not grow");
        }
    }

    #[test]
    fn what_ended_well_does_not_count_and_what_is_forgotten_takes_no_room() {
        let failures = Failures::new(NonZeroU32::MIN, 30 * SECOND);
        let now = Instant::now();
        for _ in 0..5 {
            assert_eq!(wait(&failures, "a", now), None);
            failures.take_back(&"a");
        }
        assert_eq!(wait(&failures, "a", now), None);
        failures.tidy(now + SECOND * 29);
        assert_eq!(failures.lock().len(), 1);
        failures.tidy(now + SECOND * 30);
        assert_eq!(failures.lock().len(), 0);
    }

    #[test]
    fn a_flood_of_names_takes_bounded_room_and_hides_nobody_who_failed_often() {
        let mut failures = Failures::new(NonZeroU32::new(3).unwrap(), 30 * SECOND);
        failures.room = 100;
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
