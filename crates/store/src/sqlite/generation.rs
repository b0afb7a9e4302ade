//! Which content the file holds. Clients compare it: what they know of another content is nothing.
//!
//! A backup has none, so whoever opens it first draws one. A file that was copied back by other means is
//! found out when it is served: it is another file, or the mark in it is not the one beside it. The mark
//! is drawn anew with each start and each orderly end of a server, so a copy of any time before has an
//! older one.

use std::{fs, io, path::Path};

use campanile_domain::Error;
use rusqlite::{Connection, params};

use super::{connection, fault::Result, server_lock::ServerLock};

/// A new generation: 1 to 2^53 - 1, which JavaScript counts exactly. SQLite draws it from the system's
/// randomness; it is a name, not a secret.
const DRAW: &str = "abs(random() % 9007199254740991) + 1";

/// Draws a generation for a file that has none: a new one, or the copy that a backup is.
pub fn draw_if_absent(connection: &Connection) -> Result<()> {
    let sql = format!(
        "INSERT INTO meta (one, generation) SELECT 1, {DRAW} WHERE NOT EXISTS (SELECT 1 FROM meta WHERE generation NOT NULL)
         ON CONFLICT (one) DO UPDATE SET generation = excluded.generation"
    );
    connection.execute(&sql, [])?;
    Ok(())
}

/// Notes that this file is served from now on. Unless it is what was served last, it is of another generation.
pub fn serve(connection: &Connection, database: &Path, lock: &mut ServerLock) -> Result<()> {
    let (device, inode) = identity(database).map_err(|error| Error::Unavailable(error.into()))?;
    // A file that was never served has no history that anybody could have seen.
    let sql =
        format!("UPDATE meta SET generation = {DRAW} WHERE served NOT NULL AND (device, inode, served) IS NOT (?1, ?2, coalesce(?3, 0))");
    connection.execute(&sql, params![device, inode, lock.mark()])?;
    connection.execute("UPDATE meta SET device = ?1, inode = ?2", params![device, inode])?;
    mark(connection, lock)
}

/// Draws another mark, for the file and for the one beside it.
fn mark(connection: &Connection, lock: &mut ServerLock) -> Result<()> {
    let mark = connection.query_row(&format!("UPDATE meta SET served = {DRAW} RETURNING served"), [], |row| row.get(0))?;
    Ok(lock.set_mark(mark).map_err(|error| Error::Unavailable(error.into()))?)
}

/// Notes that the file was served until now. What fails leaves the mark of the start.
pub fn end(database: &Path, lock: &mut ServerLock) {
    let end = |lock| mark(&connection::existing(database)?, lock);
    end(lock).unwrap_or_default();
}

/// By what the system tells files apart.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev().cast_signed(), metadata.ino().cast_signed()))
}

/// Nothing is known: the mark decides alone.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<(i64, i64)> {
    fs::metadata(path).map(|_| (0, 0))
}
