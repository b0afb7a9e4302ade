//! Opens connections to the file and configures them.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{error::Result, search_unindexed};
use crate::owner_only_file;

/// How long to wait for the lock of another process. Its commits take milliseconds.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Prepared statements that a connection caches.
const STATEMENT_CACHE_SIZE: usize = 256;
/// A log file longer than this is truncated when it restarts, in bytes.
const MAX_LOG_BYTES: u32 = 64 << 20;

/// The connection that writes.
pub fn open_writer(path: &Path) -> Result<Connection> {
    let connection = create(path)?;
    // May have to wait for another process.
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit returns when the log is on the disk. NORMAL would lose the last commits in a power failure.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -(32 << 10))?;
    connection.pragma_update(None, "journal_size_limit", MAX_LOG_BYTES)?;
    enable_stable_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_SIZE);
    Ok(connection)
}

/// A connection that creates a database. It uses no write-ahead log, so that the file has its tables as soon as
/// it is not empty.
pub fn create(path: &Path) -> Result<Connection> {
    // SQLite would create a file that others may read. Errors are ignored here: SQLite reports them when it
    // opens the file.
    owner_only_file::create(path).unwrap_or_default();
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// A connection that writes to an existing file and never creates one.
pub fn open_existing(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// A connection that only makes checkpoints.
pub fn open_checkpointer(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // The database must be on the disk before the log is overwritten.
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// A connection that reads.
pub fn open_reader(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -(8 << 10))?;
    enable_stable_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_SIZE);
    search_unindexed::create_temp_index(&connection)?;
    Ok(connection)
}

/// Plans statements when they are prepared, and not again for values for which another plan might be better.
/// None of our statements has such values.
fn enable_stable_plans(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn statements_are_planned_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open_writer(&folder.path().join("test.db")).unwrap();
        super::super::migrations::run(&mut connection).unwrap();
        for sql in [
            "SELECT id FROM relation WHERE key = ?1 AND subject = ?2 AND until IS NULL",
            "UPDATE delivery SET due_at = ?2 WHERE id = ?1 AND state = 0",
            "SELECT row FROM delivery WHERE state = 0 AND queue = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT 5",
        ] {
            let mut statement = connection.prepare(sql).unwrap();
            for value in 0..10 {
                let mut rows = statement.query([value, value]).unwrap();
                while rows.next().unwrap().is_some() {}
            }
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }
}
