//! Backups, made while a server may write, and restores, made while none does.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use super::{
    database_paths::{sibling_path, wal_path},
    file_checks::{self, FileState},
    file_copy::{self, CopySummary, PartialCopy},
    file_error::FileError,
};

/// How long a restore waits for another command to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Writes a complete and checked copy of a database to a file that only its owner may read. The database may be
/// in use; writers do not wait. The copy has no generation.
///
/// # Errors
/// `target` exists and must not be replaced, `target` cannot be written, or the database cannot be read.
pub fn backup(database: &Path, target: &Path, replace: bool) -> Result<CopySummary, FileError> {
    if target.is_dir() {
        return Err(FileError::new(format!("{} is a folder: name a file in it", target.display())));
    }
    if is_same_file(database, target) || is_same_file(&wal_path(database), target) {
        return Err(FileError::new(format!("{} is the database itself: choose another file", target.display())));
    }
    if target.exists() && !replace {
        return Err(FileError::new(format!("{} exists already: choose another file, or replace it with --force", target.display())));
    }
    let partial = PartialCopy::create(target)?;
    let copied = partial.copy_from(database)?;
    partial.move_to(target)?;
    Ok(copied)
}

/// Replaces a database by a backup or any complete copy. No process may have the database open. The former file
/// is kept beside it, under the name of the database and `suffix`. It has no write-ahead log.
///
/// # Errors
/// The backup is not a complete database of a known version, or the database is in use. Then nothing changes.
pub fn restore(backup: &Path, database: &Path, suffix: &str) -> Result<(CopySummary, Option<PathBuf>), FileError> {
    if is_same_file(backup, database) {
        return Err(FileError::new(format!("{} is the database itself: choose a backup", backup.display())));
    }
    let partial = PartialCopy::create(database)?;
    let copied = partial.copy_from(backup)?;
    let kept = move_aside(database, suffix)?;
    partial.move_to(database)?;
    Ok((copied, kept))
}

/// Keeps the database under another name and removes the files that belong to it.
fn move_aside(database: &Path, suffix: &str) -> Result<Option<PathBuf>, FileError> {
    let (aside, wal) = (sibling_path(database, suffix), wal_path(database));
    if !database.exists() && !wal.exists() {
        return Ok(None);
    }
    checkpoint_and_close(database)?;
    if database.exists() {
        fs::hard_link(database, &aside)
            .or_else(|_| fs::copy(database, &aside).map(drop))
            .map_err(|error| FileError::from_io(&error, &aside))?;
    }
    // A log that could not be copied into a damaged database is kept with it.
    if fs::metadata(&wal).is_ok_and(|metadata| metadata.len() > 0) {
        fs::rename(&wal, wal_path(&aside)).map_err(|error| FileError::from_io(&error, &wal))?;
    }
    file_copy::remove_if_present(&wal)?;
    file_copy::remove_if_present(&sibling_path(database, "-shm"))?;
    file_copy::remove_if_present(&sibling_path(database, "-journal"))?;
    file_copy::sync_folder(database)?;
    Ok(Some(aside))
}

/// Copies the log into the database, so that the file alone is complete. A damaged database stays as it is.
fn checkpoint_and_close(database: &Path) -> Result<(), FileError> {
    // SQLite would delete a log that it cannot use, or apply one that belongs to another file.
    if !matches!(file_checks::inspect(database), Ok(FileState::Database)) {
        return Ok(());
    }
    let settled = (|| {
        let connection = Connection::open(database)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
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
fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| -> io::Result<PathBuf> { fs::canonicalize(path) };
    matches!((real(one), real(other)), (Ok(one), Ok(other)) if one == other)
}
