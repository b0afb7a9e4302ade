//! The deletion time: the time by which old data is deleted. It is that of the clock, unless the clock cannot
//! be trusted.
//!
//! A clock that was set wrong while no server ran looks right to the next one. The deletion time is therefore
//! stored and follows the clock slowly: at most at twice the pace of real time, plus a day when a server
//! starts, at most once a day. Deleting too late does no harm.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Campanile, Clock, Result};

/// The most by which it advances at once.
const DAY: TimeDelta = TimeDelta::days(1);
/// How far it advances before it is stored again.
const STORED: TimeDelta = TimeDelta::minutes(10);
/// If the clock is this far ahead of it at a start, other work that cannot be undone waits too.
const DOUBTFUL: TimeDelta = TimeDelta::days(7);
/// How long that work waits.
const WAIT: Duration = Duration::from_secs(3_600);

/// The deletion time as it is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeletionTime {
    /// The time by which old data is deleted.
    pub at: DateTime<Utc>,
    /// The clock's time when it was last advanced by a day because a server started.
    pub put_on_at: DateTime<Utc>,
}

impl DeletionTime {
    /// Starts at this time, and may be advanced at the next start.
    pub const fn beginning(at: DateTime<Utc>) -> Self {
        Self { at, put_on_at: DateTime::UNIX_EPOCH }
    }

    /// Advances it when a server starts.
    fn start(self, now: DateTime<Utc>) -> Self {
        // The clock was ahead at the last start and has been set back since. Count from now.
        if self.put_on_at > now {
            return Self { put_on_at: now, ..self };
        }
        if now - self.put_on_at < DAY {
            return self;
        }
        Self { at: towards(self.at, now, DAY), put_on_at: now }
    }

    /// Advances it after this much real time.
    fn run(self, now: DateTime<Utc>, elapsed: Duration) -> Self {
        let twice = TimeDelta::from_std(elapsed * 2).unwrap_or(DAY).min(DAY);
        Self { at: towards(self.at, now, twice), ..self }
    }
}

/// A time on the way from one to another, at most `most` away.
fn towards(from: DateTime<Utc>, to: DateTime<Utc>, most: TimeDelta) -> DateTime<Utc> {
    from + (to - from).clamp(-most, most)
}

/// The deletion time of the running process.
#[derive(Default)]
pub struct Deletions(Mutex<Option<Known>>);

#[derive(Clone, Copy)]
struct Known {
    time: DeletionTime,
    stored: Option<DeletionTime>,
    /// The monotonic time when it last advanced.
    at: Duration,
    /// The monotonic time until which work that cannot be undone waits.
    waits_until: Duration,
}

impl Deletions {
    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Campanile {
    /// The current deletion time, never after the clock's time.
    pub(crate) async fn deletion_time(&self) -> Result<DateTime<Utc>> {
        let (known, now, monotonic) = (self.known().await?, self.now(), self.clock.monotonic());
        let time = known.time.run(now, monotonic.saturating_sub(known.at));
        let goes_far = |stored: DeletionTime| (time.at - stored.at).abs() >= STORED || time.put_on_at != stored.put_on_at;
        let mut stored = known.stored;
        if stored.is_none_or(goes_far) {
            match self.store.keep_deletion_time(time).await {
                Ok(()) => stored = Some(time),
                // At worst it is behind at the next start. The deletion that follows may free the space to
                // store it.
                Err(error) => tracing::warn!(%error, "the deletion time could not be stored"),
            }
        }
        *self.deletions.lock() = Some(Known { time, stored, at: monotonic, ..known });
        Ok(time.at.min(now))
    }

    /// Whether work that cannot be undone, such as sending scheduled notifications, may follow the clock. If
    /// the clock is a week ahead of everything known at a start, this work waits for an hour so that someone
    /// can notice.
    pub(crate) async fn trusts_the_clock(&self) -> Result<bool> {
        let known = self.known().await?;
        Ok(self.clock.monotonic() >= known.waits_until)
    }

    /// The current state; read from the store at first.
    async fn known(&self) -> Result<Known> {
        if let Some(known) = *self.deletions.lock() {
            return Ok(known);
        }
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let stored = self.store.deletion_time().await?;
        let before = stored.unwrap_or(DeletionTime { at: now, put_on_at: now });
        let ahead = now - before.at;
        if ahead > DAY {
            tracing::warn!(days = ahead.num_days(), "the clock is ahead of the last known time; the deletion time follows it slowly");
        }
        let waits_until = if ahead > DOUBTFUL { monotonic + WAIT } else { monotonic };
        let known = Known { time: before.start(now), stored, at: monotonic, waits_until };
        // Two callers may get here at the same time: the first one counts.
        Ok(*self.deletions.lock().get_or_insert(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + DAY * number as i32
    }

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn it_follows_the_clock_of_a_server_that_runs() {
        let mut time = DeletionTime { at: day(100), put_on_at: day(100) };
        for hour in 1..=240 {
            let now = day(100) + TimeDelta::hours(hour);
            time = time.run(now, HOUR);
            assert_eq!(time.at, now);
        }
    }

    #[test]
    fn a_clock_that_is_a_year_ahead_makes_it_a_day_at_most() {
        let before = DeletionTime { at: day(100), put_on_at: day(50) };
        let mut time = before.start(day(465));
        assert_eq!(time.at, day(101));
        // However often the server is restarted.
        for _ in 0..1_000 {
            time = time.start(day(465) + TimeDelta::hours(1)).run(day(465), Duration::from_secs(5));
        }
        assert!(time.at < day(102), "{time:?}");
        // However long no step was done.
        assert!(time.run(day(465), HOUR * 24 * 365).at <= day(103));
    }

    #[test]
    fn it_catches_up_with_a_clock_that_was_right() {
        let mut time = DeletionTime { at: day(100), put_on_at: day(100) }.start(day(110));
        assert_eq!(time.at, day(101));
        for hour in 1..=9 * 24 {
            time = time.run(day(110) + TimeDelta::hours(hour), HOUR);
        }
        assert_eq!(time.at, day(119));
        // A machine that runs a third of each day keeps up because of the starts.
        let mut time = DeletionTime { at: day(100), put_on_at: day(100) };
        for number in 101..200 {
            time = time.start(day(number)).run(day(number) + TimeDelta::hours(8), HOUR * 8);
        }
        assert_eq!(time.at, day(199) + TimeDelta::hours(8));
    }

    #[test]
    fn a_clock_that_went_back_takes_nothing_away_for_long() {
        let mut time = DeletionTime { at: day(100), put_on_at: day(100) };
        time = time.start(DateTime::UNIX_EPOCH).run(DateTime::UNIX_EPOCH, HOUR);
        assert_eq!(time.at, day(100) - TimeDelta::hours(2));
        // The clock is right again at the next start.
        assert_eq!(time.start(day(101)).at, day(100) + TimeDelta::hours(22));
    }

    #[test]
    fn one_that_begins_may_go_on_by_a_day_at_once_and_then_once_a_day() {
        let mut time = DeletionTime::beginning(day(100)).start(day(200));
        assert_eq!(time, DeletionTime { at: day(101), put_on_at: day(200) });
        time = time.start(day(201) - TimeDelta::seconds(1));
        assert_eq!(time, DeletionTime { at: day(101), put_on_at: day(200) });
        assert_eq!(time.start(day(201)), DeletionTime { at: day(102), put_on_at: day(201) });
    }

    #[test]
    fn a_clock_that_was_further_ahead_counts_from_here() {
        let before = DeletionTime { at: day(100), put_on_at: day(300) };
        assert_eq!(before.start(day(200)), DeletionTime { at: day(100), put_on_at: day(200) });
        assert_eq!(DeletionTime { at: day(100), put_on_at: day(200) }.start(day(200)).put_on_at, day(200));
    }

    #[test]
    fn it_goes_at_twice_the_pace_and_a_day_at_most() {
        let time = DeletionTime { at: day(100), put_on_at: day(100) };
        let ran = |elapsed: Duration| time.run(day(400), elapsed).at - day(100);
        assert_eq!(ran(HOUR), TimeDelta::hours(2));
        assert_eq!(ran(HOUR * 12), TimeDelta::days(1));
        assert_eq!(ran(HOUR * 13), TimeDelta::days(1));
        assert_eq!(ran(Duration::from_secs(u64::MAX / 4)), TimeDelta::days(1));
        assert_eq!(time.run(day(0), HOUR).at, day(100) - TimeDelta::hours(2));
        assert_eq!(time.run(day(100) + TimeDelta::seconds(1), HOUR).at, day(100) + TimeDelta::seconds(1));
    }
}
