//! Makes a complete and checked copy of a database while others write to it.
//!
//! The copy is written beside its target and moved there in one step once it is on the disk. So a reader finds
//! either the former file or the complete copy.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{
    database_paths::{self, sibling_path, wal_path},
    error::StoreError,
    file_checks::{self, FileState},
    file_error::FileError,
};

/// Pages to copy in one step (4 KiB each), and the pause after each step in which others have the disk to
/// themselves.
const PAGES_PER_STEP: i32 = 256;
const PAUSE_BETWEEN_STEPS: Duration = Duration::from_millis(2);
/// Steps after which the copy is written to the disk, so that it is never much at once.
const STEPS_PER_SYNC: u32 = 16;
/// How long to wait for the lock of a writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The result of a copy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CopySummary {
    /// The size of the copy in bytes.
    pub bytes: u64,
    /// How many notifications it holds.
    pub notifications: u64,
}

/// A copy that has not been moved to its target. Dropping it removes the file.
pub struct PartialCopy {
    path: PathBuf,
    file: File,
    is_moved: bool,
}

impl PartialCopy {
    /// Creates the file beside `target`. A file that a killed process left is used again.
    ///
    /// # Errors
    /// Another process is writing it, or it cannot be created.
    pub fn create(target: &Path) -> Result<Self, FileError> {
        let path = sibling_path(target, ".partial");
        let failed = |error: io::Error| FileError::from_io(&error, &path);
        let file = File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FileError::new(format!("another process is writing {}: wait until it ends", path.display())));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_permissions(fs::Permissions::from_mode(0o600)).and_then(|()| file.set_len(0)).map_err(failed)?;
        for left in ["-journal", "-wal", "-shm"] {
            remove_if_present(&sibling_path(&path, left))?;
        }
        Ok(Self { path, file, is_moved: false })
    }

    /// Copies the current state of a database, and checks that the copy is complete and holds as many
    /// notifications.
    ///
    /// # Errors
    /// The database cannot be read, or the copy cannot be written or is not complete.
    pub fn copy_from(&self, database: &Path) -> Result<CopySummary, FileError> {
        let source = open_source(database)?;
        file_checks::check_schema(&source, database)?;
        let of_source = |error: rusqlite::Error| FileError::from_sqlite(&StoreError::Sqlite(error), database);
        let of_copy = |error: rusqlite::Error| FileError::from_sqlite(&StoreError::Sqlite(error), &self.path);
        // One read transaction for all steps: otherwise each commit of another connection would restart the
        // copy.
        source.execute_batch("BEGIN").map_err(of_source)?;
        let notifications = count_notifications(&source).map_err(of_source)?;
        let mut copy = Connection::open(&self.path).map_err(of_copy)?;
        // `sync_data` below writes it to the disk in parts.
        copy.pragma_update(None, "synchronous", "off").map_err(of_copy)?;
        self.copy_pages(&source, &mut copy).map_err(|error| self.attribute_error(error, database))?;
        drop(source);
        // Without a write-ahead log, anyone can open the file without writing beside it.
        copy.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get::<_, String>(0)).map_err(of_copy)?;
        // The copy and the original differ as soon as one of them is written to: the first to open the copy
        // gives it another generation.
        copy.execute("UPDATE meta SET generation = NULL, served_mark = NULL", []).map_err(of_copy)?;
        let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(of_copy)?;
        if verdict != "ok" || count_notifications(&copy).map_err(of_copy)? != notifications {
            return Err(FileError::new(format!(
                "{} is damaged: no copy of it is kept. Check its disk and earlier backups",
                database.display()
            )));
        }
        drop(copy);
        let of_system = |error: io::Error| FileError::from_io(&error, &self.path);
        self.file.sync_all().map_err(of_system)?;
        Ok(CopySummary { bytes: self.file.metadata().map_err(of_system)?.len(), notifications })
    }

    fn copy_pages(&self, source: &Connection, copy: &mut Connection) -> rusqlite::Result<()> {
        let backup = Backup::new(source, copy)?;
        for step in 1_u32.. {
            match backup.step(PAGES_PER_STEP)? {
                StepResult::Done => break,
                // An error now shows again when the whole file is synced.
                StepResult::More if step % STEPS_PER_SYNC == 0 => self.file.sync_data().unwrap_or_default(),
                _ => {}
            }
            std::thread::sleep(PAUSE_BETWEEN_STEPS);
        }
        Ok(())
    }

    /// Names the file an error belongs to: a full disk belongs to the copy, damage to the database.
    fn attribute_error(&self, error: rusqlite::Error, database: &Path) -> FileError {
        let fault = StoreError::Sqlite(error);
        let of_copy = fault.is_full()
            || matches!(&fault, StoreError::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure));
        FileError::from_sqlite(&fault, if of_copy { &self.path } else { database })
    }

    /// Moves the copy to `target`.
    ///
    /// # Errors
    /// The system refuses.
    pub fn move_to(mut self, target: &Path) -> Result<(), FileError> {
        fs::rename(&self.path, target).map_err(|error| FileError::from_io(&error, target))?;
        self.is_moved = true;
        sync_folder(target)
    }
}

impl Drop for PartialCopy {
    fn drop(&mut self) {
        if !self.is_moved {
            for left in ["", "-journal", "-wal", "-shm"] {
                // A file that cannot be removed is used again by the next copy.
                remove_if_present(&sibling_path(&self.path, left)).unwrap_or_default();
            }
        }
    }
}

/// Opens a database for reading. Where no file can be created beside it, it is opened as immutable.
fn open_source(database: &Path) -> Result<Connection, FileError> {
    if file_checks::inspect(database)? == FileState::Nothing {
        return Err(FileError::new(format!("{} does not exist or is empty", database.display())));
    }
    let failed = |error| FileError::from_sqlite(&StoreError::Sqlite(error), database);
    let usual = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let readable = |connection: &Connection| connection.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0));
    let connection =
        match usual.and_then(|connection| connection.busy_timeout(BUSY_TIMEOUT).and_then(|()| readable(&connection)).map(|_| connection)) {
            Ok(connection) => connection,
            Err(_) if !wal_path(database).exists() => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(database_paths::immutable_uri(database), flags).map_err(failed)?;
                readable(&connection).map_err(failed)?;
                connection
            }
            Err(error) => return Err(failed(error)),
        };
    Ok(connection)
}

fn count_notifications(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT count(*) FROM notification", [], |row| row.get(0))
}

/// Removes a file, if it exists.
pub fn remove_if_present(file: &Path) -> Result<(), FileError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::from_io(&error, file)),
        _ => Ok(()),
    }
}

/// Makes sure that the names in the file's folder are on the disk.
pub fn sync_folder(file: &Path) -> Result<(), FileError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| FileError::from_io(&error, folder))
}
