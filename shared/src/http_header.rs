//! The rules for the header fields of an HTTP POST.

use serde::{Deserialize, Serialize};

use crate::{
    limits::{MAX_HEADER_NAME_LENGTH, MAX_HEADER_VALUE_LENGTH},
    problem::FieldErrorCode,
};

/// One header field (RFC 9110 §5).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The field name, a token.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::HeaderName))]
    pub name: String,
    /// The field value, without control characters except tab.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::HeaderValue))]
    pub value: String,
}

/// Header fields that senders may not set: those of the connection (RFC 9110 §7.6.1, RFC 9112) and those that Campanile
/// sets itself.
const RESERVED: [&str; 15] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// Checks the name of a header field.
pub fn check_header_name(name: &str) -> Option<FieldErrorCode> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match name {
        "" => Some(FieldErrorCode::Missing),
        name if name.chars().any(char::is_control) => Some(FieldErrorCode::ControlCharacter),
        name if !name.bytes().all(is_token) || name.len() > MAX_HEADER_NAME_LENGTH => Some(FieldErrorCode::Malformed),
        name if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) => Some(FieldErrorCode::Reserved),
        _ => None,
    }
}

/// Checks the value of a header field (RFC 9110 §5.5).
pub fn check_header_value(value: &str) -> Option<FieldErrorCode> {
    if value.len() > MAX_HEADER_VALUE_LENGTH {
        return Some(FieldErrorCode::TooLong);
    }
    value.chars().any(|c| c != '\t' && c.is_control()).then_some(FieldErrorCode::ControlCharacter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_hold_no_line_break_and_none_of_the_connection_s_fields() {
        for (name, expected) in [
            ("X-Token", None),
            ("content-type", None),
            ("", Some(FieldErrorCode::Missing)),
            ("X Token", Some(FieldErrorCode::Malformed)),
            ("X:Token", Some(FieldErrorCode::Malformed)),
            ("X\r\nY", Some(FieldErrorCode::ControlCharacter)),
            ("Ünicode", Some(FieldErrorCode::Malformed)),
            ("HOST", Some(FieldErrorCode::Reserved)),
            ("Transfer-Encoding", Some(FieldErrorCode::Reserved)),
            ("webhook-id", Some(FieldErrorCode::Reserved)),
        ] {
            assert_eq!(check_header_name(name), expected, "{name:?}");
        }
        for (value, expected) in [
            ("", None),
            ("a\tb é", None),
            ("a\r\nb", Some(FieldErrorCode::ControlCharacter)),
            ("a\nb", Some(FieldErrorCode::ControlCharacter)),
            ("a\rb", Some(FieldErrorCode::ControlCharacter)),
            ("a\0b", Some(FieldErrorCode::ControlCharacter)),
            ("\u{7f}", Some(FieldErrorCode::ControlCharacter)),
        ] {
            assert_eq!(check_header_value(value), expected, "{value:?}");
        }
    }

    #[test]
    fn names_and_values_of_headers_are_only_so_long() {
        assert_eq!(check_header_name(&"x".repeat(256)), None);
        assert_eq!(check_header_name(&"x".repeat(257)), Some(FieldErrorCode::Malformed));
        assert_eq!(check_header_value(&"x".repeat(MAX_HEADER_VALUE_LENGTH)), None);
        assert_eq!(check_header_value(&"x".repeat(MAX_HEADER_VALUE_LENGTH + 1)), Some(FieldErrorCode::TooLong));
    }
}
