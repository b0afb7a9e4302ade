//! Errors inside the adapter, and how they become errors of the domain.

use campanile_domain::Error;
use campanile_shared::{FieldError, problem::FieldErrorCode};
use rusqlite::ErrorCode;

/// An error inside the adapter. It keeps SQLite's error, so that callers can look at its code.
#[derive(Debug)]
pub enum StoreError {
    /// An error that the port names.
    Domain(Error),
    /// An error of SQLite.
    Sqlite(rusqlite::Error),
    /// Stored data that cannot be read, or a panic.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// SQLite's code for a shared-memory file that cannot grow: the disk is full.
const SHM_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

impl StoreError {
    pub fn is_full(&self) -> bool {
        match self {
            Self::Domain(error) => matches!(error, Error::StorageFull),
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
            Self::Domain(error) => error.to_string(),
            Self::Sqlite(error) => error.to_string(),
            Self::Internal(error) => error.to_string(),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<uuid::Error> for StoreError {
    fn from(error: uuid::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(fault: StoreError) -> Self {
        let full = fault.is_full();
        match fault {
            _ if full => Self::StorageFull,
            StoreError::Domain(error) => error,
            // A number that fits no column can only come from the caller.
            StoreError::Sqlite(rusqlite::Error::ToSqlConversionFailure(_)) => {
                Self::Invalid(vec![FieldError::new("", FieldErrorCode::Malformed)])
            }
            StoreError::Sqlite(error) => Self::Unavailable(error.into()),
            StoreError::Internal(error) => Self::Unavailable(error),
        }
    }
}
