//! Saved drafts: unsent notifications that a person stores on the server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    limits::{MAX_DRAFT_LENGTH, MAX_NAME_LENGTH},
    problem::{FieldError, FieldErrorCode},
    rfc3339,
};

/// A saved draft in a list, without its content.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedDraft {
    /// The id, which the client chose.
    pub id: Uuid,
    /// The title in the list; may be empty.
    pub title: String,
    /// When the draft was last saved.
    #[serde(deserialize_with = "rfc3339::read")]
    pub saved_at: DateTime<Utc>,
}

/// The content of a saved draft.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedDraftContent {
    /// The title in the list; may be empty.
    #[cfg_attr(feature = "openapi", schema(max_length = 256))]
    pub title: String,
    /// The draft in the client's own format. The server does not read it.
    #[cfg_attr(feature = "openapi", schema(max_length = 262144))]
    pub letter: String,
}

impl SavedDraftContent {
    /// Returns every error that prevents saving; empty when there is none.
    pub fn check(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.title.chars().count() > MAX_NAME_LENGTH {
            faults.push(FieldError::with_limit("/title", FieldErrorCode::TooLong, MAX_NAME_LENGTH));
        }
        if self.letter.len() > MAX_DRAFT_LENGTH {
            faults.push(FieldError::with_limit("/letter", FieldErrorCode::TooLong, MAX_DRAFT_LENGTH));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_only_so_long() {
        let check = |title: usize, letter: usize| SavedDraftContent { title: "é".repeat(title), letter: "x".repeat(letter) }.check();
        assert_eq!(check(0, 0), []);
        assert_eq!(check(MAX_NAME_LENGTH, 256 * 1024), []);
        assert_eq!(check(MAX_NAME_LENGTH + 1, 0), [FieldError::with_limit("/title", FieldErrorCode::TooLong, MAX_NAME_LENGTH)]);
        assert_eq!(check(0, 256 * 1024 + 1), [FieldError::with_limit("/letter", FieldErrorCode::TooLong, 256 * 1024)]);
    }
}
