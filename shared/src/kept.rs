//! Drafts that people keep for themselves until they are sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    draft::LONGEST_NAME,
    instant,
    problem::{FieldError, FieldFault},
};

/// The most bytes of a letter.
pub const LONGEST_LETTER: usize = 256 * 1024;
/// The most drafts of one person.
pub const MOST_DRAFTS: usize = 100;

/// A kept draft as a list shows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptDraft {
    /// Its id, which its writer chose.
    pub id: Uuid,
    /// What it is called in the list; may be empty.
    pub title: String,
    /// When it was last saved.
    #[serde(deserialize_with = "instant::read")]
    pub saved_at: DateTime<Utc>,
}

/// What is kept of a draft.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What it is called in the list; may be empty.
    #[cfg_attr(feature = "openapi", schema(max_length = 256))]
    pub title: String,
    /// What was written, in the form of whoever wrote it; the server does not look into it.
    #[cfg_attr(feature = "openapi", schema(max_length = 262144))]
    pub letter: String,
}

impl Letter {
    /// What keeps it from being kept, if anything.
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
