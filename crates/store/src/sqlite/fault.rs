//! Errors inside the adapter, and how they become errors of the domain.

use campanile_domain::Error;
use campanile_shared::{FieldError, problem::FieldFault};
use rusqlite::ErrorCode;

/// An error inside the adapter. It keeps SQLite's error, so that callers can look at its code.
#[derive(Debug)]
pub enum Fault {
    /// An error that the port names.
    Named(Error),
    /// An error of SQLite.
    Sqlite(rusqlite::Error),
    /// Stored data that cannot be read, or a panic.
    Stored(Box<dyn std::error::Error + Send + Sync>),
}

pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// SQLite's code for a shared-memory file that cannot grow: the disk is full.
const SHM_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

impl Fault {
    pub fn is_full(&self) -> bool {
        match self {
            Self::Named(error) => matches!(error, Error::Full),
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => {
                failure.code == ErrorCode::DiskFull || failure.extended_code == SHM_SIZE
            }
            _ => false,
        }
    }

    /// Whether the time limit of the query interrupted it.
    pub fn is_interrupted(&self) -> bool {
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::OperationInterrupted)
    }

    /// The text for operators.
    pub fn text(&self) -> String {
        match self {
            Self::Named(error) => error.to_string(),
            Self::Sqlite(error) => error.to_string(),
            Self::Stored(error) => error.to_string(),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Named(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Stored(error.into())
    }
}

impl From<uuid::Error> for Fault {
    fn from(error: uuid::Error) -> Self {
        Self::Stored(error.into())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let full = fault.is_full();
        match fault {
            _ if full => Self::Full,
            Fault::Named(error) => error,
            // A number that fits no column can only come from the caller.
            Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(_)) => Self::Invalid(vec![FieldError::new("", FieldFault::Malformed)]),
            Fault::Sqlite(error) => Self::Unavailable(error.into()),
            Fault::Stored(error) => Self::Unavailable(error),
        }
    }
}
