//! Problems with a database file, as sentences that say what to do. They do not contain SQLite's messages.

use std::{
    fmt, fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;

use super::error::StoreError;

/// Why a file cannot be used and what to do about it, for operators.
#[derive(Debug)]
pub struct FileError(String);

impl FileError {
    /// An error with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The sentence for an error of the operating system.
    pub fn from_io(error: &io::Error, path: &Path) -> Self {
        use io::ErrorKind as Kind;
        let shown = path.display();
        Self(match error.kind() {
            Kind::NotFound => format!("{shown} does not exist"),
            Kind::PermissionDenied => permission_message(path),
            Kind::ReadOnlyFilesystem => format!("{shown} is on a file system that is mounted read-only: choose another place"),
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
                format!("there is no space for {shown}: free some, or choose another disk")
            }
            Kind::NotADirectory | Kind::AlreadyExists => format!("{shown} is not a folder: choose another place"),
            Kind::IsADirectory => format!("{shown} is a folder; a file is needed"),
            _ => format!("{shown} cannot be used: {error}"),
        })
    }

    /// The sentence for an error of SQLite.
    pub(super) fn from_sqlite(fault: &StoreError, path: &Path) -> Self {
        let shown = path.display();
        let StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) = fault else {
            return Self(format!("{shown}: {}", fault.text()));
        };
        Self(match failure.code {
            _ if fault.is_full() => format!("there is no space for {shown}: free some, or choose another disk"),
            ErrorCode::NotADatabase => foreign_file_message(path),
            ErrorCode::DatabaseCorrupt => {
                format!("{shown} is damaged: restore a backup with `campanile restore FILE`")
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                format!("another process has locked {shown}: end it, and try again")
            }
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => cannot_open_message(path),
            ErrorCode::SystemIoFailure => {
                format!("the disk fails to read or write {shown}: see the system's log, and restore a backup on another disk")
            }
            _ => format!("{shown} cannot be used (SQLite's code {}): restore a backup, or report this", failure.extended_code),
        })
    }
}

/// The sentence for a file that is no database of Campanile.
pub(super) fn foreign_file_message(path: &Path) -> String {
    format!(
        "{} is not a database of Campanile: it is damaged or belongs to another program. Restore a backup with `campanile restore FILE`, or \
         choose another folder with --data",
        path.display()
    )
}

/// The sentence for a file that this user may not use. It names the owner.
fn permission_message(path: &Path) -> String {
    let existing = path.ancestors().find_map(|path| Some((path, fs::metadata(path).ok()?)));
    let user = rustix::process::geteuid().as_raw();
    match existing {
        Some((at, metadata)) => format!(
            "{} may not be used by this user (id {user}): {} belongs to user {}, mode {:o}. Run as its owner, or give it to this user with chown",
            path.display(),
            at.display(),
            metadata.uid(),
            metadata.mode() & 0o7777
        ),
        None => format!("{} may not be used by this user (id {user})", path.display()),
    }
}

/// Why a file can be neither opened nor written, as far as the system tells.
fn cannot_open_message(path: &Path) -> String {
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
    for file in [path.to_owned(), beside("-wal"), beside("-shm")] {
        match fs::File::options().read(true).write(true).open(&file) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return FileError::from_io(&error, &file).0,
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match rustix::fs::access(folder, rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK) {
        Ok(()) => format!("{} cannot be opened: look at it and at its folder", path.display()),
        Err(error) => FileError::from_io(&error.into(), folder).0,
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FileError {}

impl From<FileError> for campanile_domain::Error {
    fn from(error: FileError) -> Self {
        Self::Unavailable(error.into())
    }
}
