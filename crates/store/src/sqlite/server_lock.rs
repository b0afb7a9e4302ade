//! One process serves a database at a time. Commands may use it beside that one.
//!
//! The lock is one on a file beside the database, which the system gives back when the process ends, in
//! whatever way. The file also says which process has it, and by which mark the database was last served.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::private;

/// The right to serve a database, or to replace it, until this is dropped.
#[derive(Debug)]
pub struct ServerLock {
    file: File,
    /// What [`super::generation`] wrote beside the database when it was last served.
    mark: Option<i64>,
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
        let mut path = database.as_os_str().to_owned();
        path.push("-lock");
        let path = PathBuf::from(path);
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
        let (process, mark) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if held {
            return Err(Locked::By(process.parse().ok()));
        }
        let mut lock = Self { file, mark: mark.parse().ok() };
        lock.write().map_err(failed)?;
        Ok(lock)
    }

    /// The mark that stood beside the database.
    pub(super) const fn mark(&self) -> Option<i64> {
        self.mark
    }

    /// Writes another mark beside the database.
    pub(super) fn set_mark(&mut self, mark: i64) -> io::Result<()> {
        self.mark = Some(mark);
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        let mark = self.mark.map(|mark| format!(" {mark}")).unwrap_or_default();
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}{mark}", std::process::id())
    }
}
