//! What an error is called in the reader's language.

use crate::{api::Error, i18n::t};

/// What happened and what to do about it.
pub fn explain(error: &Error) -> String {
    match error {
        Error::Offline => t::error_offline(),
        Error::Refused(problem) if problem.status == 403 => t::error_forbidden(),
        Error::Refused(problem) => t::error_unexpected(&problem.status.to_string()),
    }
}
