//! Errors, by what the caller can do about them.

use std::time::Duration;

use campanile_shared::{FieldError, problem::FieldErrorCode};

/// The result of a use case or a port.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Errors, by what the caller does next. The text is for operators; the code that builds a response writes
/// its own for clients.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Authenticate.
    #[error("not authenticated")]
    Unauthenticated,
    /// Ask for more permissions.
    #[error("not allowed")]
    Forbidden,
    /// Sign in: a portal's token only gives access to the bell.
    #[error("a portal's token only gives access to the bell")]
    BellOnly,
    /// Use another id.
    #[error("not found")]
    NotFound,
    /// Correct the fields.
    #[error("{}", describe_fields(.0))]
    Invalid(Vec<FieldError>),
    /// Choose another name: this one is taken.
    #[error("already exists")]
    AlreadyExists,
    /// Make someone else an administrator first: a tenant keeps at least one who is not disabled.
    #[error("this is the tenant's last administrator; make someone else an administrator first")]
    LastAdministrator,
    /// Use another idempotency key: this one was used with another body.
    #[error("the idempotency key was used with another body")]
    IdempotencyKeyReused,
    /// Wait for the first request with this idempotency key to finish.
    #[error("a request with this idempotency key is still running")]
    InProgress,
    /// Try again later.
    #[error("too many requests")]
    TooManyRequests {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Free some space: nothing can be stored, but everything can be read.
    #[error("the disk is full")]
    StorageFull,
    /// Try again; if it persists, look at the log.
    #[error("unavailable: {0}")]
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

/// Lists the invalid fields and what is wrong with each, for operators.
fn describe_fields(faults: &[FieldError]) -> String {
    let field = |fault: &FieldError| {
        let name = fault.pointer.trim_start_matches('/');
        let name = if name.is_empty() { "the request" } else { name };
        match (fault.code, fault.limit) {
            (FieldErrorCode::Missing, _) => format!("{name} is missing"),
            (FieldErrorCode::TooShort, Some(limit)) => format!("{name}: at least {limit}"),
            (FieldErrorCode::TooCommon, _) => format!("{name} is too common; choose another"),
            (FieldErrorCode::Unchanged, _) => format!("{name} is the same as before"),
            (FieldErrorCode::Wrong, _) => format!("{name} is wrong"),
            (_, Some(limit)) => format!("{name}: at most {limit}"),
            (_, None) => format!("{name} cannot be used"),
        }
    };
    faults.iter().map(field).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_lists_every_invalid_field() {
        for (fault, said) in [
            (FieldError::new("/name", FieldErrorCode::Missing), "name is missing"),
            (FieldError::new("", FieldErrorCode::Missing), "the request is missing"),
            (FieldError::with_limit("/password", FieldErrorCode::TooShort, 8), "password: at least 8"),
            (FieldError::with_limit("/password", FieldErrorCode::TooLong, 256), "password: at most 256"),
            (FieldError::new("/password", FieldErrorCode::TooCommon), "password is too common; choose another"),
            (FieldError::new("/new", FieldErrorCode::Unchanged), "new is the same as before"),
            (FieldError::new("/current", FieldErrorCode::Wrong), "current is wrong"),
            (FieldError::new("/to/0/person", FieldErrorCode::Unknown), "to/0/person cannot be used"),
        ] {
            assert_eq!(Error::Invalid(vec![fault]).to_string(), said);
        }
        let both = vec![FieldError::new("/a", FieldErrorCode::Missing), FieldError::new("/b", FieldErrorCode::Wrong)];
        assert_eq!(Error::Invalid(both).to_string(), "a is missing; b is wrong");
    }
}
