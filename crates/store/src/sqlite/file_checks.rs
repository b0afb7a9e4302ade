//! Checks a file and its log before SQLite opens them. SQLite would create an empty database where one was
//! removed, delete a log, or apply a log that belongs to another file.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    path::Path,
};

use rusqlite::Connection;

use super::{
    database_paths,
    error::StoreError,
    file_error::{FileError, foreign_file_message},
    generation, migrations,
    server_lock::{self, ContentMarks},
};

/// The first bytes of every database (SQLite file format, §1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The offset of the read version in the header: 1 for a rollback journal, 2 for a write-ahead log.
const READ_VERSION_OFFSET: usize = 19;

/// The result of the check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FileState {
    /// No file: a database must be created.
    Nothing,
    /// A database, whose tables [`check_schema`] checks.
    Database,
}

/// Checks the file and its write-ahead log without SQLite.
///
/// # Errors
/// The file is no database, it is missing beside its log, or the log belongs to another file.
pub fn inspect(path: &Path) -> Result<FileState, FileError> {
    let (shown, wal) = (path.display(), database_paths::wal_path(path));
    // The log first: a process that creates a database creates its log last.
    let log = size_or_zero(&wal)?;
    let size = size_or_zero(path)?;
    if path.is_dir() {
        return Err(FileError::new(format!("{shown} is a folder; the database must be a file. Choose another folder with --data")));
    }
    if size == 0 && log > 0 {
        return Err(FileError::new(format!(
            "{shown} is missing or empty, but {} holds changes of it: the database was removed or replaced. Put it back, or restore a \
             backup with `campanile restore FILE`. To start with an empty database, remove the log",
            wal.display()
        )));
    }
    let marks = ContentMarks::read_for(path);
    if size == 0 && path.exists() && marks.latest.is_some() {
        return Err(FileError::new(format!(
            "{shown} is empty, but was served before: it was truncated or replaced. Restore a backup with `campanile restore FILE`. To start \
             with an empty database, remove it"
        )));
    }
    if size == 0 {
        return Ok(FileState::Nothing);
    }
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(FileError::from_io(&error, path)),
        Ok(()) if header.starts_with(MAGIC) => {}
        _ => return Err(FileError::new(foreign_file_message(path))),
    }
    // A backup uses no write-ahead log, and any other copy does not have the mark that was served last.
    let replaced = || header[READ_VERSION_OFFSET] == 1 || generation::read_mark(path).is_some_and(|mark| !marks.matches(mark));
    if log > 0 && replaced() {
        return Err(FileError::new(format!(
            "{} does not belong to {shown}: the database was replaced and the log of the former one was left. Move the log away, or \
             restore with `campanile restore FILE`, which moves it. If you put both files there together, remove {}",
            wal.display(),
            server_lock::lock_path(path).display()
        )));
    }
    Ok(FileState::Database)
}

/// Checks the tables of a database.
///
/// # Errors
/// It has no table, tables of another program, or a later schema version.
pub fn check_schema(connection: &Connection, path: &Path) -> Result<(), FileError> {
    let failed = |error: rusqlite::Error| FileError::from_sqlite(&StoreError::Sqlite(error), path);
    let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let sql =
        "SELECT count(*), count(*) FILTER (WHERE name IN ('tenant', 'person', 'notification')) FROM sqlite_schema WHERE type = 'table'";
    let (tables, ours): (u32, u32) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    let shown = path.display();
    if tables == 0 {
        return Err(FileError::new(format!(
            "{shown} holds no table: it is an incomplete copy of a database. Restore a backup with `campanile restore FILE`. To start \
             with an empty database, remove it"
        )));
    }
    if ours < 3 || version == 0 {
        return Err(FileError::new(foreign_file_message(path)));
    }
    if version > migrations::LATEST {
        return Err(FileError::new(format!(
            "{shown} was written by a later version of Campanile (schema {version}, this one knows {}): start that version again, or restore \
             a backup from before the upgrade with `campanile restore FILE`",
            migrations::LATEST
        )));
    }
    Ok(())
}

/// The size of a file in bytes; 0 when it does not exist.
fn size_or_zero(path: &Path) -> Result<u64, FileError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(FileError::from_io(&error, path)),
    }
}
