//! The only source of the current time. Tests use their own.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// A clock.
pub trait Clock: Send + Sync + 'static {
    /// The current time of the system clock, which may be set at any moment.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some instant in the past. It only grows, at the pace of real time, even when the system
    /// clock is set.
    ///
    /// The default suits a clock that is never set: the time since 1970.
    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.now().timestamp_micros().try_into().unwrap_or_default())
    }
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the real time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// On Linux, the time since the machine started, including sleep (`CLOCK_BOOTTIME`, clock_gettime(2)), so
    /// that waking from sleep does not look like a clock that was set.
    fn monotonic(&self) -> Duration {
        #[cfg(target_os = "linux")]
        let clock = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(clock);
        Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(DateTime<Utc>);

    impl Clock for Fixed {
        fn now(&self) -> DateTime<Utc> {
            self.0
        }
    }

    #[test]
    fn a_clock_that_is_never_set_counts_from_1970() {
        assert_eq!(Fixed(DateTime::from_timestamp_micros(1_500_000).unwrap()).monotonic(), Duration::from_millis(1_500));
        assert_eq!(Fixed(DateTime::from_timestamp_micros(-1).unwrap()).monotonic(), Duration::ZERO);
    }

    #[test]
    fn the_system_clock_runs() {
        let (now, monotonic) = (SystemClock.now(), SystemClock.monotonic());
        assert!(now > "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
        assert!(monotonic > Duration::ZERO);
        assert!(SystemClock.now() >= now && SystemClock.monotonic() >= monotonic);
    }
}
