//! Errors on the wire: problem details (RFC 9457) with the fields they concern.

use serde::{Deserialize, Serialize};

/// A problem document, served as `application/problem+json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What kind of problem: a relative reference that stays the same for the same kind, such as
    /// `/problems/invalid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What happened this time and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields at fault, where the problem is one of input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One field and what is wrong with it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field as a JSON Pointer (RFC 6901), such as `/content/0/title`.
    pub pointer: String,
    /// What is wrong.
    pub code: FieldFault,
    /// The bound that was crossed, for [`FieldFault::TooLong`], [`FieldFault::TooMany`] and [`FieldFault::TooShort`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldFault {
    /// It is required and absent or empty.
    Missing,
    /// It has more characters than `limit`.
    TooLong,
    /// It has more entries than `limit`.
    TooMany,
    /// It has fewer characters than `limit`.
    TooShort,
    /// It is a password that everybody tries first.
    TooCommon,
    /// It is the same as before.
    Unchanged,
    /// It is not the secret that is kept.
    Wrong,
    /// Another entry says the same.
    Duplicate,
    /// It is not a link of scheme http, https or mailto.
    UnsafeLink,
    /// It names nobody in the tenant.
    Unknown,
    /// It lies in the past.
    Past,
    /// It has the wrong form or type.
    Malformed,
    /// It holds a line break or another control character where none may be: in a header field, what
    /// follows one could pass for another field.
    ControlCharacter,
    /// It is a header field that senders may not set.
    Reserved,
    /// It is not allowed here, by the operator's settings.
    Forbidden,
}

impl FieldError {
    /// A fault of the field at `pointer`.
    pub fn new(pointer: impl Into<String>, code: FieldFault) -> Self {
        Self { pointer: pointer.into(), code, limit: None }
    }

    /// A fault that crossed a bound.
    pub fn beyond(pointer: impl Into<String>, code: FieldFault, limit: usize) -> Self {
        Self { pointer: pointer.into(), code, limit: Some(limit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_and_what_and_the_bound_only_when_there_is_one() {
        assert_eq!(serde_json::to_string(&FieldError::new("/to", FieldFault::Missing)).unwrap(), r#"{"pointer":"/to","code":"missing"}"#);
        assert_eq!(
            serde_json::to_string(&FieldError::beyond("/to", FieldFault::TooMany, 7)).unwrap(),
            r#"{"pointer":"/to","code":"too_many","limit":7}"#
        );
    }
}
