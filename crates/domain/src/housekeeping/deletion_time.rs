//! The deletion time: the time by which old data is deleted. It is that of the clock, unless the clock cannot
//! be trusted.
//!
//! A clock that was set wrong while no server ran looks right to the next one. The deletion time is therefore
//! stored and follows the clock slowly: at most at twice the pace of real time, plus a day when a server
//! starts, at most once a day. Deleting too late does no harm.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Campanile, Clock, Result,
    deletion_clock::ClockState,
    model::deletion_time::{DeletionTime, MAX_STEP},
};

/// How far it advances before it is stored again.
const STORE_INTERVAL: TimeDelta = TimeDelta::minutes(10);

/// If the clock is this far ahead of it at a start, other work that cannot be undone waits too.
const SUSPICIOUS_LEAD: TimeDelta = TimeDelta::days(7);

/// How long that work waits.
const DISTRUST_TIME: Duration = Duration::from_secs(3_600);

impl Campanile {
    /// The current deletion time, never after the clock's time.
    pub(crate) async fn deletion_time(&self) -> Result<DateTime<Utc>> {
        let (known, now, monotonic) = (self.clock_state().await?, self.now(), self.clock.monotonic());
        let time = known.time.advance(now, monotonic.saturating_sub(known.at));
        let goes_far = |stored: DeletionTime| (time.at - stored.at).abs() >= STORE_INTERVAL || time.advanced_at != stored.advanced_at;
        let mut stored = known.stored;
        if stored.is_none_or(goes_far) {
            match self.store.set_deletion_time(time).await {
                Ok(()) => stored = Some(time),
                // At worst it is behind at the next start. The deletion that follows may free the space to
                // store it.
                Err(error) => tracing::warn!(%error, "the deletion time could not be stored"),
            }
        }
        *self.deletion_clock.lock() = Some(ClockState { time, stored, at: monotonic, ..known });
        Ok(time.at.min(now))
    }

    /// Whether work that cannot be undone, such as sending scheduled notifications, may follow the clock. If
    /// the clock is a week ahead of everything known at a start, this work waits for an hour so that someone
    /// can notice.
    pub(crate) async fn is_clock_trusted(&self) -> Result<bool> {
        let known = self.clock_state().await?;
        Ok(self.clock.monotonic() >= known.distrusted_until)
    }

    /// The current state; read from the store at first.
    async fn clock_state(&self) -> Result<ClockState> {
        if let Some(known) = *self.deletion_clock.lock() {
            return Ok(known);
        }
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let stored = self.store.deletion_time().await?;
        let before = stored.unwrap_or(DeletionTime { at: now, advanced_at: now });
        let ahead = now - before.at;
        if ahead > MAX_STEP {
            tracing::warn!(days = ahead.num_days(), "the clock is ahead of the last known time; the deletion time follows it slowly");
        }
        let waits_until = if ahead > SUSPICIOUS_LEAD { monotonic + DISTRUST_TIME } else { monotonic };
        let known = ClockState { time: before.advance_at_start(now), stored, at: monotonic, distrusted_until: waits_until };
        // Two callers may get here at the same time: the first one counts.
        Ok(*self.deletion_clock.lock().get_or_insert(known))
    }
}
