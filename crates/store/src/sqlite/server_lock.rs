//! One process serves a database at a time. Commands may use it beside that one.
//!
//! The lock is one on a file beside the database, which the system gives back when the process ends, in
//! whatever way. The file also says which process has it, and which marks [`super::generation`] left.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::opening::beside;
use crate::private;

/// The right to serve a database, or to replace it, until this is dropped.
#[derive(Debug)]
pub struct ServerLock {
    file: File,
    marks: Marks,
}

/// The numbers beside the database that say which content it has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Marks {
    /// The last that was drawn. It is in the database or its log, unless the process ended just then.
    pub drawn: Option<i64>,
    /// The last that was surely in the database itself, without its log.
    pub settled: Option<i64>,
}

impl Marks {
    /// Whether the database itself has the last mark, or none was ever drawn.
    pub(super) fn is_settled(self) -> bool {
        self.drawn == self.settled
    }

    /// Whether a database whose file has this mark can be the one that was served last.
    pub(super) fn fit(self, mark: i64) -> bool {
        self.settled.is_none() || [self.drawn, self.settled].contains(&Some(mark))
    }

    /// Those beside a database, read without the lock. What is not of ours says nothing.
    pub(super) fn beside(database: &Path) -> Self {
        fs::read_to_string(lock_of(database)).map(|text| read(&text).1).unwrap_or_default()
    }
}

/// The file of the lock of a database.
pub(super) fn lock_of(database: &Path) -> PathBuf {
    beside(database, "-lock")
}

/// The process and the marks that the file of a lock names.
fn read(text: &str) -> (Option<u32>, Marks) {
    let mut words = text.split_whitespace();
    let process = words.next().and_then(|word| word.parse().ok());
    let mut mark = || words.next().and_then(|word| word.parse().ok());
    (process, Marks { drawn: mark(), settled: mark() })
}

/// Why a database cannot be served.
#[derive(Debug)]
pub enum Locked {
    /// Another process serves it: its id, where that can be read.
    By(Option<u32>),
    /// The file of the lock cannot be used.
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
    /// Takes the lock of a database, which need not be there yet; its folder must.
    pub fn take(database: &Path) -> Result<Self, Locked> {
        let path = lock_of(database);
        let failed = |error| Locked::Failed(path.clone(), error);
        private::make(&path).map_err(failed)?;
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
        let held = match file.try_lock() {
            Ok(()) => false,
            Err(std::fs::TryLockError::WouldBlock) => true,
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        };
        let mut text = String::new();
        // What is not of ours says nothing.
        file.read_to_string(&mut text).unwrap_or_default();
        let (process, marks) = read(&text);
        if held {
            return Err(Locked::By(process));
        }
        let mut lock = Self { file, marks };
        lock.write().map_err(failed)?;
        Ok(lock)
    }

    /// The marks beside the database.
    pub(super) const fn marks(&self) -> Marks {
        self.marks
    }

    /// Writes that this mark will be in the database: until that is settled, both are right.
    pub(super) fn draw(&mut self, mark: i64) -> io::Result<()> {
        self.marks.drawn = Some(mark);
        self.write()
    }

    /// Writes that the last mark is in the database itself.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.marks.settled = self.marks.drawn;
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        let marks: String = [self.marks.drawn, self.marks.settled].iter().flatten().map(|mark| format!(" {mark}")).collect();
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}{marks}", std::process::id())?;
        // Must not be older than what is in the database when the power is back.
        self.file.sync_data()
    }
}
