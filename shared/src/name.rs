//! The rules for names: not blank, one line, and not too long.

use crate::{
    draft::LONGEST_NAME,
    problem::{FieldError, FieldFault},
};

/// Checks a name of at most [`LONGEST_NAME`] characters. `pointer` is the field that the error names.
pub fn fault(pointer: &str, name: &str) -> Option<FieldError> {
    line_fault(pointer, name, LONGEST_NAME)
}

/// Like [`fault`], with a limit of `longest` characters.
pub fn line_fault(pointer: &str, name: &str, longest: usize) -> Option<FieldError> {
    if name.trim().is_empty() {
        Some(FieldError::new(pointer, FieldFault::Missing))
    } else if name.len() > longest * 4 || name.chars().count() > longest {
        Some(FieldError::beyond(pointer, FieldFault::TooLong, longest))
    } else if name.chars().any(char::is_control) {
        Some(FieldError::new(pointer, FieldFault::ControlCharacter))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_readable_line() {
        let code = |name: &str| fault("/name", name).map(|fault| fault.code);
        assert_eq!(code("Größe 7"), None);
        assert_eq!(code(&"é".repeat(LONGEST_NAME)), None);
        assert_eq!(code(" \t"), Some(FieldFault::Missing));
        assert_eq!(code("two\nlines"), Some(FieldFault::ControlCharacter));
        assert_eq!(fault("/name", &"é".repeat(LONGEST_NAME + 1)), Some(FieldError::beyond("/name", FieldFault::TooLong, LONGEST_NAME)));
    }

    #[test]
    fn length_is_counted_in_characters_whatever_their_size() {
        let too_long = |name: &str| fault("/name", name) == Some(FieldError::beyond("/name", FieldFault::TooLong, LONGEST_NAME));
        for letter in ["a", "é", "日", "😀"] {
            assert_eq!(fault("/name", &letter.repeat(LONGEST_NAME)), None, "{letter}");
            assert!(too_long(&letter.repeat(LONGEST_NAME + 1)), "{letter}");
        }
    }
}
