//! What goes wrong inside the adapter, and what the domain is told.

use campanile_domain::Error;
use campanile_shared::{FieldError, problem::FieldFault};
use rusqlite::ErrorCode;

/// Inside the adapter, an error keeps SQLite's own account of it.
#[derive(Debug)]
pub enum Fault {
    /// Something the port names.
    Named(Error),
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// A stored text is not what it should be.
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

    /// Whether the time of the query was over.
    pub fn is_interrupted(&self) -> bool {
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::OperationInterrupted)
    }

    /// Text for operators.
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
            // A number that no column holds can only have come from a caller who made it up.
            Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(_)) => Self::Invalid(vec![FieldError::new("", FieldFault::Malformed)]),
            Fault::Sqlite(error) => Self::Unavailable(error.into()),
            Fault::Stored(error) => Self::Unavailable(error),
        }
    }
}
