//! Saved drafts: unsent notifications that a person stores on the server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    draft::LONGEST_NAME,
    instant,
    problem::{FieldError, FieldFault},
};

/// The largest content of a saved draft, in bytes.
pub const LONGEST_LETTER: usize = 256 * 1024;
/// The most saved drafts of one person.
pub const MOST_DRAFTS: usize = 100;

/// A saved draft in a list, without its content.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptDraft {
    /// The id, which the client chose.
    pub id: Uuid,
    /// The title in the list; may be empty.
    pub title: String,
    /// When the draft was last saved.
    #[serde(deserialize_with = "instant::read")]
    pub saved_at: DateTime<Utc>,
}

/// The content of a saved draft.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The title in the list; may be empty.
    #[cfg_attr(feature = "openapi", schema(max_length = 256))]
    pub title: String,
    /// The draft in the client's own format. The server does not read it.
    #[cfg_attr(feature = "openapi", schema(max_length = 262144))]
    pub letter: String,
}

impl Letter {
    /// Returns every error that prevents saving; empty when there is none.
    pub fn check(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.title.chars().count() > LONGEST_NAME {
            faults.push(FieldError::beyond("/title", FieldFault::TooLong, LONGEST_NAME));
        }
        if self.letter.len() > LONGEST_LETTER {
            faults.push(FieldError::beyond("/letter", FieldFault::TooLong, LONGEST_LETTER));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_only_so_long() {
        let check = |title: usize, letter: usize| Letter { title: "é".repeat(title), letter: "x".repeat(letter) }.check();
        assert_eq!(check(0, 0), []);
        assert_eq!(check(LONGEST_NAME, 256 * 1024), []);
        assert_eq!(check(LONGEST_NAME + 1, 0), [FieldError::beyond("/title", FieldFault::TooLong, LONGEST_NAME)]);
        assert_eq!(check(0, 256 * 1024 + 1), [FieldError::beyond("/letter", FieldFault::TooLong, 256 * 1024)]);
    }
}
