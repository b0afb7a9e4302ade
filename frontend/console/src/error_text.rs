//! The text of an error in the reader's language.

use crate::{api::Error, i18n::t};

/// The problem type of a change that would leave a tenant without an administrator.
const LAST_ADMINISTRATOR: &str = "/problems/last-administrator";

/// What happened and what the person can do about it.
pub fn explain(error: &Error) -> String {
    match error {
        Error::Offline => t::error_offline(),
        Error::SessionNotStored => t::sign_in_not_kept(),
        Error::Refused(_) if error.is_other_person() => t::error_other_person(),
        Error::Refused(problem) if problem.status == 403 => t::error_forbidden(),
        Error::Refused(problem) if problem.kind == LAST_ADMINISTRATOR => t::error_last_administrator(),
        Error::Refused(problem) if problem.status == 429 => t::sign_in_too_many(),
        Error::Refused(problem) => t::error_unexpected(&problem.status.to_string()),
    }
}
