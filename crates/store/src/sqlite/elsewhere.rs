//! Detects commits of other processes.

use std::sync::atomic::{AtomicI64, Ordering};

use campanile_domain::Committed;
use rusqlite::Connection;

use super::{fault::Result, writer::Writing};

/// SQLite's `PRAGMA data_version` of the connection that writes. It changes with each commit of another
/// connection.
pub struct Elsewhere(AtomicI64);

impl Elsewhere {
    /// Starts with the current number.
    pub fn new(writing: &Connection) -> Result<Self> {
        Ok(Self(AtomicI64::new(version(writing)?)))
    }

    /// Notifies listeners when there were commits since the last check.
    pub fn look(&self, writing: &mut Writing<'_>) -> Result<()> {
        let version = version(writing.connection)?;
        if self.0.swap(version, Ordering::Relaxed) != version {
            writing.tell(Committed::ChangedElsewhere);
        }
        Ok(())
    }
}

fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}
