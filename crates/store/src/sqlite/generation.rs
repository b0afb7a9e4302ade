//! The generation names the content of the file. A client compares it: state that it knows of another
//! generation is worthless.
//!
//! A backup has no generation, so the first to open it sets one. Any other copy is detected when it is served:
//! it is another file, or the mark in it differs from the mark in the lock file beside it. The mark changes
//! with each start and each orderly end of a server, so an earlier copy has an older mark. The marks also show
//! when a log belongs to a file that was replaced ([`super::file_checks`]).

use std::{fs, io, path::Path};

use campanile_domain::Error;
use rusqlite::{Connection, OpenFlags, params};

use super::{checkpoints, connection, database_paths, error::Result, server_lock::ServerLock};

/// A random number from 1 to 2^53 - 1, which JavaScript represents exactly. It comes from SQLite's random
/// generator; it is a name and not a secret.
const RANDOM_ID: &str = "abs(random() % 9007199254740991) + 1";

/// Sets a generation in a file that has none: a new file, or a backup.
pub fn create_if_absent(connection: &Connection) -> Result<()> {
    let sql = format!(
        "INSERT INTO meta (id, generation) SELECT 1, {RANDOM_ID} WHERE NOT EXISTS (SELECT 1 FROM meta WHERE generation NOT NULL)
         ON CONFLICT (id) DO UPDATE SET generation = excluded.generation"
    );
    connection.execute(&sql, [])?;
    Ok(())
}

/// Records that this file is served from now on. If it is not the file that was served last, it gets a new
/// generation.
pub fn start_serving(connection: &Connection, database: &Path, lock: &mut ServerLock) -> Result<()> {
    let (device, inode) = identity(database).map_err(|error| Error::Unavailable(error.into()))?;
    // No client has seen the content of a file that was never served.
    let sql = format!(
        "UPDATE meta SET generation = {RANDOM_ID}
         WHERE served_mark NOT NULL AND (device, inode, served_mark) IS NOT (?1, ?2, coalesce(?3, 0))"
    );
    connection.execute(&sql, params![device, inode, lock.marks().latest])?;
    connection.execute("UPDATE meta SET device = ?1, inode = ?2", params![device, inode])?;
    write_new_mark(connection, lock)
}

/// Writes a new mark to the file and to the lock file.
fn write_new_mark(connection: &Connection, lock: &mut ServerLock) -> Result<()> {
    let failed = |error: io::Error| Error::Unavailable(error.into());
    // The file itself has the mark only when the log is copied into it, which a reader may prevent for a while.
    let settle = |lock: &mut ServerLock| if checkpoints::truncate(connection) { lock.confirm().map_err(failed) } else { Ok(()) };
    if !lock.marks().is_confirmed() {
        settle(lock)?;
    }
    // With three marks it would be unclear which one the file holds. A new one is written only when the last is
    // confirmed.
    if lock.marks().is_confirmed() {
        let mark = connection.query_row(&format!("SELECT {RANDOM_ID}"), [], |row| row.get(0))?;
        lock.announce(mark).map_err(failed)?;
        connection.execute("UPDATE meta SET served_mark = ?1", [mark])?;
        settle(lock)?;
    }
    Ok(())
}

/// Records that the server ended. After an error the mark stays as it was.
pub fn stop_serving(database: &Path, lock: &mut ServerLock) {
    let end = |lock| write_new_mark(&connection::open_existing(database)?, lock);
    end(lock).unwrap_or_default();
}

/// The mark in the file itself, without its log; `None` when it has none or cannot be read.
pub fn read_mark(database: &Path) -> Option<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database_paths::immutable_uri(database), flags).ok()?;
    connection.query_row("SELECT served_mark FROM meta", [], |row| row.get(0)).ok()?
}

/// Device and inode number, which identify a file.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev().cast_signed(), metadata.ino().cast_signed()))
}

/// Unknown on this system: the mark alone decides.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<(i64, i64)> {
    fs::metadata(path).map(|_| (0, 0))
}
