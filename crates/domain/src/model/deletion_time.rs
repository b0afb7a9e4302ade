//! The time up to which old data is deleted, and how it advances.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The most by which it advances at once.
pub(crate) const MAX_STEP: TimeDelta = TimeDelta::days(1);

/// The deletion time as it is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeletionTime {
    /// The time by which old data is deleted.
    pub at: DateTime<Utc>,
    /// The clock's time when it was last advanced by a day because a server started.
    pub advanced_at: DateTime<Utc>,
}

impl DeletionTime {
    /// Starts at this time, and may be advanced at the next start.
    pub const fn starting_at(at: DateTime<Utc>) -> Self {
        Self { at, advanced_at: DateTime::UNIX_EPOCH }
    }

    /// Advances it when a server starts.
    pub(crate) fn advance_at_start(self, now: DateTime<Utc>) -> Self {
        // The clock was ahead at the last start and has been set back since. Count from now.
        if self.advanced_at > now {
            return Self { advanced_at: now, ..self };
        }
        if now - self.advanced_at < MAX_STEP {
            return self;
        }
        Self { at: step_towards(self.at, now, MAX_STEP), advanced_at: now }
    }

    /// Advances it after this much real time.
    pub(crate) fn advance(self, now: DateTime<Utc>, elapsed: Duration) -> Self {
        let twice = TimeDelta::from_std(elapsed * 2).unwrap_or(MAX_STEP).min(MAX_STEP);
        Self { at: step_towards(self.at, now, twice), ..self }
    }
}

/// A time on the way from one to another, at most `most` away.
fn step_towards(from: DateTime<Utc>, to: DateTime<Utc>, most: TimeDelta) -> DateTime<Utc> {
    from + (to - from).clamp(-most, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + MAX_STEP * number as i32
    }

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn it_follows_the_clock_of_a_running_server() {
        let mut time = DeletionTime { at: day(100), advanced_at: day(100) };
        for hour in 1..=240 {
            let now = day(100) + TimeDelta::hours(hour);
            time = time.advance(now, HOUR);
            assert_eq!(time.at, now);
        }
    }

    #[test]
    fn a_clock_a_year_ahead_advances_it_by_a_day() {
        let before = DeletionTime { at: day(100), advanced_at: day(50) };
        let mut time = before.advance_at_start(day(465));
        assert_eq!(time.at, day(101));
        // However often the server is restarted.
        for _ in 0..1_000 {
            time = time.advance_at_start(day(465) + TimeDelta::hours(1)).advance(day(465), Duration::from_secs(5));
        }
        assert!(time.at < day(102), "{time:?}");
        // However long no step was done.
        assert!(time.advance(day(465), HOUR * 24 * 365).at <= day(103));
    }

    #[test]
    fn it_catches_up_with_a_correct_clock() {
        let mut time = DeletionTime { at: day(100), advanced_at: day(100) }.advance_at_start(day(110));
        assert_eq!(time.at, day(101));
        for hour in 1..=9 * 24 {
            time = time.advance(day(110) + TimeDelta::hours(hour), HOUR);
        }
        assert_eq!(time.at, day(119));
        // A machine that runs a third of each day keeps up because of the starts.
        let mut time = DeletionTime { at: day(100), advanced_at: day(100) };
        for number in 101..200 {
            time = time.advance_at_start(day(number)).advance(day(number) + TimeDelta::hours(8), HOUR * 8);
        }
        assert_eq!(time.at, day(199) + TimeDelta::hours(8));
    }

    #[test]
    fn it_recovers_from_a_clock_that_went_back() {
        let mut time = DeletionTime { at: day(100), advanced_at: day(100) };
        time = time.advance_at_start(DateTime::UNIX_EPOCH).advance(DateTime::UNIX_EPOCH, HOUR);
        assert_eq!(time.at, day(100) - TimeDelta::hours(2));
        // The clock is right again at the next start.
        assert_eq!(time.advance_at_start(day(101)).at, day(100) + TimeDelta::hours(22));
    }

    #[test]
    fn a_new_one_advances_by_a_day_at_once_and_then_once_a_day() {
        let mut time = DeletionTime::starting_at(day(100)).advance_at_start(day(200));
        assert_eq!(time, DeletionTime { at: day(101), advanced_at: day(200) });
        time = time.advance_at_start(day(201) - TimeDelta::seconds(1));
        assert_eq!(time, DeletionTime { at: day(101), advanced_at: day(200) });
        assert_eq!(time.advance_at_start(day(201)), DeletionTime { at: day(102), advanced_at: day(201) });
    }

    #[test]
    fn a_start_after_the_clock_was_set_back_counts_from_now() {
        let before = DeletionTime { at: day(100), advanced_at: day(300) };
        assert_eq!(before.advance_at_start(day(200)), DeletionTime { at: day(100), advanced_at: day(200) });
        assert_eq!(DeletionTime { at: day(100), advanced_at: day(200) }.advance_at_start(day(200)).advanced_at, day(200));
    }

    #[test]
    fn it_advances_at_twice_the_pace_by_at_most_a_day() {
        let time = DeletionTime { at: day(100), advanced_at: day(100) };
        let ran = |elapsed: Duration| time.advance(day(400), elapsed).at - day(100);
        assert_eq!(ran(HOUR), TimeDelta::hours(2));
        assert_eq!(ran(HOUR * 12), TimeDelta::days(1));
        assert_eq!(ran(HOUR * 13), TimeDelta::days(1));
        assert_eq!(ran(Duration::from_secs(u64::MAX / 4)), TimeDelta::days(1));
        assert_eq!(time.advance(day(0), HOUR).at, day(100) - TimeDelta::hours(2));
        assert_eq!(time.advance(day(100) + TimeDelta::seconds(1), HOUR).at, day(100) + TimeDelta::seconds(1));
    }
}
