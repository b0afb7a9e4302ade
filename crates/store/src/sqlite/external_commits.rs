//! Detects commits of other processes.

use std::sync::atomic::{AtomicI64, Ordering};

use campanile_domain::StoreEvent;
use rusqlite::Connection;

use super::{error::Result, write_transaction::WriteTransaction};

/// SQLite's `PRAGMA data_version` of the connection that writes. It changes with each commit of another
/// connection.
pub struct ExternalCommits(AtomicI64);

impl ExternalCommits {
    /// Starts with the current number.
    pub fn new(writing: &Connection) -> Result<Self> {
        Ok(Self(AtomicI64::new(data_version(writing)?)))
    }

    /// Notifies listeners when there were commits since the last check.
    pub fn check(&self, writing: &mut WriteTransaction<'_>) -> Result<()> {
        let version = data_version(writing.connection)?;
        if self.0.swap(version, Ordering::Relaxed) != version {
            writing.notify(StoreEvent::ChangedByOtherProcess);
        }
        Ok(())
    }
}

fn data_version(connection: &Connection) -> Result<i64> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}
