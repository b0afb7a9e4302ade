//! Connections to the file, and what each is told first.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::fault::Result;

/// How long a lock of another process is waited for. Its commits take milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Prepared statements kept by a connection.
const STATEMENTS: usize = 256;
/// The writer copies the log into the database after this many pages (4 KiB each).
const LOG_PAGES: u32 = 4_000;
/// A log file longer than this is cut when it starts anew, in bytes.
const LONGEST_LOG: u32 = 64 << 20;

/// The connection that writes.
pub fn writing(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    // First of all: turning on the write-ahead log may have to wait for another process.
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit returns when the log is on the disk; NORMAL would lose the last ones with the power.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -(32 << 10))?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A connection that reads.
pub fn reading(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -(8 << 10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
