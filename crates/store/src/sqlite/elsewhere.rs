//! What other processes commit, which nobody tells us of.

use std::sync::atomic::{AtomicI64, Ordering};

use campanile_domain::Committed;
use rusqlite::Connection;

use super::{fault::Result, writer::Writing};

/// The number by which SQLite tells the connection that writes of commits that are not its own: it
/// becomes another with each of them (`PRAGMA data_version`).
pub struct Elsewhere(AtomicI64);

impl Elsewhere {
    /// As the connection that writes knows it now.
    pub fn new(writing: &Connection) -> Result<Self> {
        Ok(Self(AtomicI64::new(version(writing)?)))
    }

    /// Tells of commits since the last look.
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
