//! The lock that lets one process serve a database at a time. Commands may use the database beside it.
//!
//! It is a lock on a file beside the database. The system releases it when the process ends for any reason. The
//! file also contains the id of the process and the marks of [`super::generation`].

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::database_paths::sibling_path;
use crate::owner_only_file;

/// The right to serve a database, or to replace it, until this is dropped.
#[derive(Debug)]
pub struct ServerLock {
    file: File,
    marks: ContentMarks,
}

/// The numbers in the lock file that identify the content of the database.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ContentMarks {
    /// The latest mark. It is in the database or its log, unless the process ended just then.
    pub latest: Option<i64>,
    /// The latest mark that is certainly in the database itself, without its log.
    pub confirmed: Option<i64>,
}

impl ContentMarks {
    /// Whether the database itself has the latest mark, or there never was one.
    pub(super) fn is_confirmed(self) -> bool {
        self.latest == self.confirmed
    }

    /// Whether a database with this mark can be the one that was served last.
    pub(super) fn matches(self, mark: i64) -> bool {
        self.confirmed.is_none() || [self.latest, self.confirmed].contains(&Some(mark))
    }

    /// Reads the marks beside a database, without the lock. Unknown content counts as no marks.
    pub(super) fn read_for(database: &Path) -> Self {
        fs::read_to_string(lock_path(database)).map(|text| parse(&text).1).unwrap_or_default()
    }
}

/// The path of a database's lock file.
pub(super) fn lock_path(database: &Path) -> PathBuf {
    sibling_path(database, "-lock")
}

/// Parses the process and the marks of a lock file.
fn parse(text: &str) -> (Option<u32>, ContentMarks) {
    let mut words = text.split_whitespace();
    let process = words.next().and_then(|word| word.parse().ok());
    let mut mark = || words.next().and_then(|word| word.parse().ok());
    (process, ContentMarks { latest: mark(), confirmed: mark() })
}

/// Why a database cannot be served.
#[derive(Debug)]
pub enum Locked {
    /// Another process serves it: its id, where that can be read.
    By(Option<u32>),
    /// The lock file cannot be used.
    Failed(PathBuf, io::Error),
}

impl fmt::Display for Locked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(Some(process)) => write!(out, "another `campanile serve` (process {process}) uses it"),
            Self::By(None) => out.write_str("another `campanile serve` uses it"),
            Self::Failed(path, error) => write!(out, "{} cannot be locked: {error}", path.display()),
        }
    }
}

impl std::error::Error for Locked {}

impl ServerLock {
    /// Takes the lock of a database. The database need not exist, but its folder must.
    pub fn take(database: &Path) -> Result<Self, Locked> {
        let path = lock_path(database);
        let failed = |error| Locked::Failed(path.clone(), error);
        owner_only_file::create(&path).map_err(failed)?;
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
        let held = match file.try_lock() {
            Ok(()) => false,
            Err(std::fs::TryLockError::WouldBlock) => true,
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        };
        let mut text = String::new();
        // Unknown content counts as no marks.
        file.read_to_string(&mut text).unwrap_or_default();
        let (process, marks) = parse(&text);
        if held {
            return Err(Locked::By(process));
        }
        let mut lock = Self { file, marks };
        lock.write().map_err(failed)?;
        Ok(lock)
    }

    /// The marks beside the database.
    pub(super) const fn marks(&self) -> ContentMarks {
        self.marks
    }

    /// Writes that this mark will be in the database. Until it is confirmed, both marks are valid.
    pub(super) fn announce(&mut self, mark: i64) -> io::Result<()> {
        self.marks.latest = Some(mark);
        self.write()
    }

    /// Writes that the latest mark is in the database itself.
    pub(super) fn confirm(&mut self) -> io::Result<()> {
        self.marks.confirmed = self.marks.latest;
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        let marks: String = [self.marks.latest, self.marks.confirmed].iter().flatten().map(|mark| format!(" {mark}")).collect();
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}{marks}", std::process::id())?;
        // After a power failure, the lock file must not be older than the database.
        self.file.sync_data()
    }
}
