//! Until when a connection may work on a query. SQLite asks as it goes and gives up when the time is over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::fault::Result;

/// After how many steps of SQLite's machine it asks: some ten microseconds.
const STEPS: i32 = 500;
/// No limit.
const NEVER: u64 = u64::MAX;

/// The end of the time, in microseconds since the alarm was made; [`NEVER`] without one.
pub struct Alarm {
    made: Instant,
    end: AtomicU64,
}

impl Alarm {
    /// An alarm that is not set, which interrupts what this connection does once it is and its time is over.
    pub fn watch(connection: &mut Connection) -> Result<Arc<Self>> {
        let alarm = Arc::new(Self { made: Instant::now(), end: AtomicU64::new(NEVER) });
        let watching = Arc::clone(&alarm);
        connection.progress_handler(STEPS, Some(move || watching.is_over()))?;
        Ok(alarm)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_micros()).unwrap_or(NEVER)
    }

    /// Gives whatever comes now this much time.
    pub fn set(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(NEVER);
        self.end.store(self.elapsed().saturating_add(time), Ordering::Relaxed);
    }

    /// Gives it all the time it needs.
    pub fn unset(&self) {
        self.end.store(NEVER, Ordering::Relaxed);
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        let end = self.end.load(Ordering::Relaxed);
        end != NEVER && self.elapsed() >= end
    }

    /// Does something for which this much time is given; `None` when it was over before.
    pub fn within<T>(&self, time: Duration, work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        if time.is_zero() {
            return Ok(None);
        }
        self.set(time);
        let done = work();
        self.unset();
        match done {
            Err(fault) if fault.is_interrupted() => Ok(None),
            done => done.map(Some),
        }
    }

    /// Takes what is left of the time: nothing is interrupted any more, and whoever took it looks at
    /// the clock between one step and the next. Without a limit there is always time.
    pub fn take(&self) -> Deadline {
        let end = self.end.swap(NEVER, Ordering::Relaxed);
        Deadline((end != NEVER).then(|| self.made + Duration::from_micros(end)))
    }
}

/// When work in steps ends.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Whether it is past.
    pub fn is_past(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
