//! API errors: problem details (RFC 9457), extended with the invalid fields.

use serde::{Deserialize, Serialize};

/// An API error, served as `application/problem+json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The problem type: a relative URI reference that never changes, such as `/problems/invalid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short summary of the problem type.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What happened in this case and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The invalid fields, when the input is the problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// An invalid field.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field, as a JSON Pointer (RFC 6901), such as `/content/0/title`.
    pub pointer: String,
    /// What is wrong with the field.
    pub code: FieldErrorCode,
    /// The limit that was exceeded or not reached, for the codes `too_long`, `too_many` and `too_short`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldErrorCode {
    /// It is required but absent or empty.
    Missing,
    /// It has more characters than `limit`.
    TooLong,
    /// It has more entries than `limit`.
    TooMany,
    /// It has fewer characters than `limit`.
    TooShort,
    /// The password is a common one.
    TooCommon,
    /// The new value equals the current one.
    Unchanged,
    /// The password is not the current one.
    Wrong,
    /// Another entry has the same value.
    Duplicate,
    /// It is not a link of scheme http, https or mailto.
    UnsafeLink,
    /// The tenant has no such person, role or relation.
    Unknown,
    /// The time is in the past.
    Past,
    /// It has the wrong form or type.
    Malformed,
    /// It contains a line break or another control character. In a header field, text after a line break could be read as
    /// another field.
    ControlCharacter,
    /// Senders may not set this header field.
    Reserved,
    /// It is not allowed here, or the operator's settings forbid it.
    Forbidden,
}

impl FieldError {
    /// An error of the field at `pointer`.
    pub fn new(pointer: impl Into<String>, code: FieldErrorCode) -> Self {
        Self { pointer: pointer.into(), code, limit: None }
    }

    /// An error of a field that does not keep `limit`.
    pub fn with_limit(pointer: impl Into<String>, code: FieldErrorCode, limit: usize) -> Self {
        Self { pointer: pointer.into(), code, limit: Some(limit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_and_what_and_the_bound_only_when_there_is_one() {
        assert_eq!(
            serde_json::to_string(&FieldError::new("/to", FieldErrorCode::Missing)).unwrap(),
            r#"{"pointer":"/to","code":"missing"}"#
        );
        assert_eq!(
            serde_json::to_string(&FieldError::with_limit("/to", FieldErrorCode::TooMany, 7)).unwrap(),
            r#"{"pointer":"/to","code":"too_many","limit":7}"#
        );
    }
}
