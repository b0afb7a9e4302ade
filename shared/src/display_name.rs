//! The rules for names: not blank, one line, and not too long.

use crate::{
    limits::MAX_NAME_LENGTH,
    problem::{FieldError, FieldErrorCode},
};

/// Checks a name of at most [`MAX_NAME_LENGTH`] characters. `pointer` is the field that the error names.
pub fn check(pointer: &str, name: &str) -> Option<FieldError> {
    check_line(pointer, name, MAX_NAME_LENGTH)
}

/// Like [`check`], with a limit of `longest` characters.
pub fn check_line(pointer: &str, name: &str, longest: usize) -> Option<FieldError> {
    if name.trim().is_empty() {
        Some(FieldError::new(pointer, FieldErrorCode::Missing))
    } else if name.len() > longest * 4 || name.chars().count() > longest {
        Some(FieldError::with_limit(pointer, FieldErrorCode::TooLong, longest))
    } else if name.chars().any(char::is_control) {
        Some(FieldError::new(pointer, FieldErrorCode::ControlCharacter))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_readable_line() {
        let code = |name: &str| check("/name", name).map(|fault| fault.code);
        assert_eq!(code("Größe 7"), None);
        assert_eq!(code(&"é".repeat(MAX_NAME_LENGTH)), None);
        assert_eq!(code(" \t"), Some(FieldErrorCode::Missing));
        assert_eq!(code("two\nlines"), Some(FieldErrorCode::ControlCharacter));
        assert_eq!(
            check("/name", &"é".repeat(MAX_NAME_LENGTH + 1)),
            Some(FieldError::with_limit("/name", FieldErrorCode::TooLong, MAX_NAME_LENGTH))
        );
    }

    #[test]
    fn length_is_counted_in_characters_whatever_their_size() {
        let too_long = |name: &str| check("/name", name) == Some(FieldError::with_limit("/name", FieldErrorCode::TooLong, MAX_NAME_LENGTH));
        for letter in ["a", "é", "日", "😀"] {
            assert_eq!(check("/name", &letter.repeat(MAX_NAME_LENGTH)), None, "{letter}");
            assert!(too_long(&letter.repeat(MAX_NAME_LENGTH + 1)), "{letter}");
        }
    }
}
