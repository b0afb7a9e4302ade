//! Which content the file holds. Clients compare it: what they know of another content is nothing.
//!
//! A backup has none, so the first to open it draws one. A file that was copied back by other means is
//! found out when it is served: it is another file, or the mark in it is not the one beside it. The mark
//! is drawn anew with each start and each orderly end of a server, so a copy of any time before has an
//! older one. By the same marks a log is found out whose file was replaced ([`super::opening`]).

use std::{fs, io, path::Path};

use campanile_domain::Error;
use rusqlite::{Connection, OpenFlags, params};

use super::{checkpoints, connection, copy, fault::Result, server_lock::ServerLock};

/// A new generation: 1 to 2^53 - 1, which JavaScript counts exactly. SQLite draws it from the system's
/// randomness; it is a name, not a secret.
const DRAW: &str = "abs(random() % 9007199254740991) + 1";

/// Draws a generation for a file that has none: a new one, or the copy that a backup is.
pub fn draw_if_absent(connection: &Connection) -> Result<()> {
    let sql = format!(
        "INSERT INTO meta (id, generation) SELECT 1, {DRAW} WHERE NOT EXISTS (SELECT 1 FROM meta WHERE generation NOT NULL)
         ON CONFLICT (id) DO UPDATE SET generation = excluded.generation"
    );
    connection.execute(&sql, [])?;
    Ok(())
}

/// Notes that this file is served from now on. Unless it is what was served last, it is of another generation.
pub fn serve(connection: &Connection, database: &Path, lock: &mut ServerLock) -> Result<()> {
    let (device, inode) = identity(database).map_err(|error| Error::Unavailable(error.into()))?;
    // A file that was never served has no history that anybody could have seen.
    let sql = format!(
        "UPDATE meta SET generation = {DRAW}
         WHERE served_mark NOT NULL AND (device, inode, served_mark) IS NOT (?1, ?2, coalesce(?3, 0))"
    );
    connection.execute(&sql, params![device, inode, lock.marks().drawn])?;
    connection.execute("UPDATE meta SET device = ?1, inode = ?2", params![device, inode])?;
    mark(connection, lock)
}

/// Draws another mark, for the file and for the one beside it.
fn mark(connection: &Connection, lock: &mut ServerLock) -> Result<()> {
    let failed = |error: io::Error| Error::Unavailable(error.into());
    // The file itself holds what its log holds once that is copied, which somebody who reads can prevent for now.
    let settle = |lock: &mut ServerLock| if checkpoints::cut(connection) { lock.settle().map_err(failed) } else { Ok(()) };
    if !lock.marks().is_settled() {
        settle(lock)?;
    }
    // Of three marks the file could hold any: another is drawn only when it holds the last.
    if lock.marks().is_settled() {
        let mark = connection.query_row(&format!("SELECT {DRAW}"), [], |row| row.get(0))?;
        lock.draw(mark).map_err(failed)?;
        connection.execute("UPDATE meta SET served_mark = ?1", [mark])?;
        settle(lock)?;
    }
    Ok(())
}

/// Notes that the file was served until now. What fails leaves the mark before.
pub fn end(database: &Path, lock: &mut ServerLock) {
    let end = |lock| mark(&connection::existing(database)?, lock);
    end(lock).unwrap_or_default();
}

/// The mark in the file itself, whatever its log says; `None` when it cannot be read or there is none.
pub fn mark_in(database: &Path) -> Option<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy::as_it_lies(database), flags).ok()?;
    connection.query_row("SELECT served_mark FROM meta", [], |row| row.get(0)).ok()?
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
