//! A clock that follows the system clock, but accepts a jump only after the new time has lasted.
//!
//! Work done at the wrong time cannot be undone: notifications scheduled for next year are sent, others
//! expire, and leased deliveries are made twice. If the system clock is a year ahead for a few seconds, this
//! clock prevents that.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::ports::clock::Clock;

/// The largest jump accepted at once, in microseconds. Leap seconds and NTP corrections are smaller.
const JUMP_TOLERANCE_MICROS: i64 = 60_000_000;

/// A new time must last for the length of the jump divided by this before it is accepted.
const JUMP_FRACTION: i64 = 24;

/// The longest time it must last, in microseconds.
const MAX_DISTRUST_MICROS: i64 = 3_600_000_000;

/// How often the accepted offset is updated to follow a clock that runs slightly fast or slow.
const REANCHOR_INTERVAL: Duration = Duration::from_secs(3_600);

/// A clock that follows another one, but not its jumps.
///
/// After a jump of more than a minute, forward or back, it continues at the former time until the new time
/// has lasted for a twenty-fourth of the jump, at most an hour.
pub struct SteadyClock {
    system_clock: Arc<dyn Clock>,
    trusted: Mutex<TrustedOffset>,
}

/// Offsets between the system clock and the monotonic time, in microseconds.
struct TrustedOffset {
    offset: i64,
    /// When `offset` was last updated, in monotonic time.
    anchored_at: Duration,
    /// The offset after a jump, and when the jump was noticed, in monotonic time.
    pending_jump: Option<(i64, Duration)>,
}

impl SteadyClock {
    /// A clock that accepts the current time of the given one.
    pub fn new(system_clock: Arc<dyn Clock>) -> Self {
        let (difference, monotonic) = read_offset(&*system_clock);
        let belief = TrustedOffset { offset: difference, anchored_at: monotonic, pending_jump: None };
        Self { system_clock, trusted: Mutex::new(belief) }
    }

    /// The system clock's time, jumps included. Use it to check times that others signed by their own clocks.
    pub fn system_now(&self) -> DateTime<Utc> {
        self.system_clock.now()
    }

    fn lock(&self) -> MutexGuard<'_, TrustedOffset> {
        self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> DateTime<Utc> {
        let (difference, monotonic) = read_offset(&*self.system_clock);
        let believed = self.lock().update(difference, monotonic);
        instant(believed, monotonic)
    }

    fn monotonic(&self) -> Duration {
        self.system_clock.monotonic()
    }
}

impl TrustedOffset {
    /// Updates the accepted offset with an observed one, and returns it.
    fn update(&mut self, difference: i64, monotonic: Duration) -> i64 {
        let jump = difference.saturating_sub(self.offset);
        if jump.abs() <= JUMP_TOLERANCE_MICROS {
            if self.pending_jump.take().is_some() {
                tracing::info!("the system clock has returned to its former time");
            }
            if monotonic.saturating_sub(self.anchored_at) >= REANCHOR_INTERVAL {
                (self.offset, self.anchored_at) = (difference, monotonic);
            }
            return difference;
        }
        match self.pending_jump {
            Some((since, noticed)) if difference.saturating_sub(since).abs() <= JUMP_TOLERANCE_MICROS => {
                if micros(monotonic.saturating_sub(noticed)) >= (jump.abs() / JUMP_FRACTION).min(MAX_DISTRUST_MICROS) {
                    tracing::warn!(seconds = jump / 1_000_000, "the system clock was set; its new time has lasted and is now used");
                    *self = Self { offset: difference, anchored_at: monotonic, pending_jump: None };
                }
            }
            _ => {
                tracing::warn!(
                    seconds = jump / 1_000_000,
                    "the system clock has jumped; the former time is used until the new one has lasted"
                );
                self.pending_jump = Some((difference, monotonic));
            }
        }
        self.offset
    }
}

/// The offset between a clock and its monotonic time, and the monotonic time.
fn read_offset(clock: &dyn Clock) -> (i64, Duration) {
    let monotonic = clock.monotonic();
    (clock.now().timestamp_micros().saturating_sub(micros(monotonic)), monotonic)
}

fn micros(time: Duration) -> i64 {
    time.as_micros().try_into().unwrap_or(i64::MAX)
}

fn instant(difference: i64, monotonic: Duration) -> DateTime<Utc> {
    // Out of range only if the system clock is.
    DateTime::from_timestamp_micros(difference.saturating_add(micros(monotonic))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// A clock that runs and can be set.
    #[derive(Default)]
    struct Watch(Mutex<(Duration, TimeDelta)>);

    impl Watch {
        fn run(&self, time: Duration) {
            self.0.lock().unwrap().0 += time;
        }

        fn set(&self, by: TimeDelta) {
            self.0.lock().unwrap().1 += by;
        }
    }

    impl Clock for Watch {
        fn now(&self) -> DateTime<Utc> {
            let (run, set) = *self.0.lock().unwrap();
            "2026-03-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + run + set
        }

        fn monotonic(&self) -> Duration {
            self.0.lock().unwrap().0
        }
    }

    fn clocks() -> (Arc<Watch>, SteadyClock) {
        let watch = Arc::<Watch>::default();
        (watch.clone(), SteadyClock::new(watch))
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_jump_of_a_year_for_some_seconds_is_ignored() {
        for year in [TimeDelta::days(365), TimeDelta::days(-365)] {
            let (watch, steady) = clocks();
            watch.set(year);
            for _ in 0..8 {
                watch.run(SECOND);
                assert_eq!(steady.now(), watch.now() - year);
                assert_eq!(steady.system_now(), watch.now());
            }
            watch.set(-year);
            assert_eq!(steady.now(), watch.now());
        }
    }

    #[test]
    fn a_short_jump_is_accepted_sooner_than_a_long_one() {
        for (jump, lasts) in [
            (TimeDelta::minutes(2), SECOND * 5),
            (TimeDelta::hours(8), SECOND * 20 * 60),
            (TimeDelta::days(1), SECOND * 3_600),
            (TimeDelta::days(-400), SECOND * 3_600),
        ] {
            let (watch, steady) = clocks();
            watch.set(jump);
            assert_eq!(steady.now(), watch.now() - jump);
            watch.run(lasts - SECOND);
            assert_eq!(steady.now(), watch.now() - jump, "{jump}");
            watch.run(SECOND);
            assert_eq!(steady.now(), watch.now(), "{jump}");
        }
    }

    #[test]
    fn small_corrections_are_followed_but_a_drifting_clock_is_not() {
        let (watch, steady) = clocks();
        for _ in 0..48 {
            watch.run(SECOND * 3_600);
            watch.set(TimeDelta::seconds(2));
            assert_eq!(steady.now(), watch.now());
        }
        let (watch, steady) = clocks();
        let began = watch.now();
        for second in 1..=600 {
            watch.run(SECOND);
            watch.set(TimeDelta::seconds(3_600));
            assert!(steady.now() - began <= TimeDelta::seconds(second + 60));
        }
    }

    #[test]
    fn a_minute_is_not_a_jump_but_more_is() {
        for by in [TimeDelta::minutes(1), TimeDelta::minutes(-1)] {
            let (watch, steady) = clocks();
            watch.set(by);
            assert_eq!(steady.now(), watch.now());
            let (watch, steady) = clocks();
            let more = by * 2;
            watch.set(more);
            assert_eq!(steady.now(), watch.now() - more);
        }
    }

    #[test]
    fn a_second_jump_restarts_the_wait() {
        let (watch, steady) = clocks();
        watch.set(TimeDelta::minutes(4));
        assert_eq!(steady.now(), watch.now() - TimeDelta::minutes(4));
        watch.run(SECOND * 9);
        watch.set(TimeDelta::minutes(4));
        assert_eq!(steady.now(), watch.now() - TimeDelta::minutes(8));
        watch.run(SECOND * 19);
        assert_eq!(steady.now(), watch.now() - TimeDelta::minutes(8));
        watch.run(SECOND);
        assert_eq!(steady.now(), watch.now());
    }

    #[test]
    fn a_clock_that_returned_has_no_pending_jump() {
        let (watch, steady) = clocks();
        let hour = TimeDelta::hours(1);
        for _ in 0..5 {
            watch.set(hour);
            assert_eq!(steady.now(), watch.now() - hour);
            watch.run(SECOND * 149);
            assert_eq!(steady.now(), watch.now() - hour);
            watch.set(-hour);
            assert_eq!(steady.now(), watch.now());
        }
    }
}
