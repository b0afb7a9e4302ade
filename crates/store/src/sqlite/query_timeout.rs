//! The time limit of a query. SQLite checks it while it works and interrupts the query when the time is over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::error::Result;

/// SQLite virtual machine instructions between two checks: about ten microseconds.
const INSTRUCTIONS_PER_CHECK: i32 = 500;
/// No limit.
const NO_LIMIT: u64 = u64::MAX;

/// The end of the time, in microseconds since `created_at`; [`NO_LIMIT`] without a limit.
pub struct QueryTimeout {
    created_at: Instant,
    end: AtomicU64,
}

impl QueryTimeout {
    /// Creates a timeout without a limit. Once one is set and over, it interrupts what the connection does.
    pub fn install(connection: &mut Connection) -> Result<Arc<Self>> {
        let alarm = Arc::new(Self { created_at: Instant::now(), end: AtomicU64::new(NO_LIMIT) });
        let watching = Arc::clone(&alarm);
        connection.progress_handler(INSTRUCTIONS_PER_CHECK, Some(move || watching.is_expired()))?;
        Ok(alarm)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.created_at.elapsed().as_micros()).unwrap_or(NO_LIMIT)
    }

    /// Sets the time limit for what follows.
    pub fn set(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(NO_LIMIT);
        self.end.store(self.elapsed().saturating_add(time), Ordering::Relaxed);
    }

    /// Removes the time limit.
    pub fn clear(&self) {
        self.end.store(NO_LIMIT, Ordering::Relaxed);
    }

    /// Whether the time is over.
    pub fn is_expired(&self) -> bool {
        let end = self.end.load(Ordering::Relaxed);
        end != NO_LIMIT && self.elapsed() >= end
    }

    /// Does work with a time limit of its own; `None` when the time was over.
    pub fn run_within<T>(&self, time: Duration, work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        if time.is_zero() {
            return Ok(None);
        }
        self.set(time);
        let done = work();
        self.clear();
        match done {
            Err(fault) if fault.is_interrupted() => Ok(None),
            done => done.map(Some),
        }
    }

    /// Takes the rest of the time as a deadline. SQLite interrupts nothing any more: the caller checks the
    /// deadline between two steps. Without a limit the deadline is never past.
    pub fn take_deadline(&self) -> Deadline {
        let end = self.end.swap(NO_LIMIT, Ordering::Relaxed);
        Deadline((end != NO_LIMIT).then(|| self.created_at + Duration::from_micros(end)))
    }
}

/// The end of work that is done in steps.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Whether it is past.
    pub fn is_past(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
