//! Backups, made while a server may write, and restores, made while none does.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use super::{
    copy::{self, Copied, Partial},
    file_error::FileError,
    opening::{self, Found, beside, log_of},
};

/// How long a restore waits for another command to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes a complete and checked copy of a database to a file that only its owner may read. The database may be
/// in use; writers do not wait. The copy has no generation.
///
/// # Errors
/// `target` exists and must not be replaced, `target` cannot be written, or the database cannot be read.
pub fn backup(database: &Path, target: &Path, replace: bool) -> Result<Copied, FileError> {
    if target.is_dir() {
        return Err(FileError::new(format!("{} is a folder: name a file in it", target.display())));
    }
    if is_same(database, target) || is_same(&log_of(database), target) {
        return Err(FileError::new(format!("{} is the database itself: choose another file", target.display())));
    }
    if target.exists() && !replace {
        return Err(FileError::new(format!("{} exists already: choose another file, or replace it with --force", target.display())));
    }
    let partial = Partial::of(target)?;
    let copied = partial.fill(database)?;
    partial.place(target)?;
    Ok(copied)
}

/// Replaces a database by a backup or any complete copy. No process may have the database open. The former file
/// is kept beside it, under the name of the database and `suffix`. It has no write-ahead log.
///
/// # Errors
/// The backup is not a complete database of a known version, or the database is in use. Then nothing changes.
pub fn restore(backup: &Path, database: &Path, suffix: &str) -> Result<(Copied, Option<PathBuf>), FileError> {
    if is_same(backup, database) {
        return Err(FileError::new(format!("{} is the database itself: choose a backup", backup.display())));
    }
    let partial = Partial::of(database)?;
    let copied = partial.fill(backup)?;
    let kept = put_aside(database, suffix)?;
    partial.place(database)?;
    Ok((copied, kept))
}

/// Keeps the database under another name and removes the files that belong to it.
fn put_aside(database: &Path, suffix: &str) -> Result<Option<PathBuf>, FileError> {
    let (aside, wal) = (beside(database, suffix), log_of(database));
    if !database.exists() && !wal.exists() {
        return Ok(None);
    }
    settle(database)?;
    if database.exists() {
        fs::hard_link(database, &aside)
            .or_else(|_| fs::copy(database, &aside).map(drop))
            .map_err(|error| FileError::of_system(&error, &aside))?;
    }
    // A log that could not be copied into a damaged database is kept with it.
    if fs::metadata(&wal).is_ok_and(|metadata| metadata.len() > 0) {
        fs::rename(&wal, log_of(&aside)).map_err(|error| FileError::of_system(&error, &wal))?;
    }
    copy::remove(&wal)?;
    copy::remove(&beside(database, "-shm"))?;
    copy::remove(&beside(database, "-journal"))?;
    copy::sync_folder(database)?;
    Ok(Some(aside))
}

/// Copies the log into the database, so that the file alone is complete. A damaged database stays as it is.
fn settle(database: &Path) -> Result<(), FileError> {
    // SQLite would delete a log that it cannot use, or apply one that belongs to another file.
    if !matches!(opening::inspect(database), Ok(Found::Database)) {
        return Ok(());
    }
    let settled = (|| {
        let connection = Connection::open(database)?;
        connection.busy_timeout(PATIENCE)?;
        // Succeeds only when no other process has it open.
        connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    })();
    match settled {
        Err(error)
            if matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)) =>
        {
            Err(FileError::new(format!("{} is in use: stop the server, and wait for other commands to end", database.display())))
        }
        _ => Ok(()),
    }
}

/// Whether both paths are the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| -> io::Result<PathBuf> { fs::canonicalize(path) };
    matches!((real(one), real(other)), (Ok(one), Ok(other)) if one == other)
}
