//! Which passwords are acceptable (NIST SP 800-63B §3.1.1.2, OWASP ASVS 5.0 §6.2): they must be long enough
//! and not common. No rule asks for digits or symbols.

use std::borrow::Cow;

use campanile_shared::{
    FieldError,
    limits::{MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH},
    problem::FieldErrorCode,
};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A password that contains a known word is too common if it has fewer other characters than this and none of
/// them is a letter.
const MIN_OTHER_CHARACTERS: usize = 8;
/// The shortest known word that is searched for in a password.
const MIN_WORD_LENGTH: usize = 3;

/// Common passwords of at least [`MIN_PASSWORD_LENGTH`] characters, in lower case, sorted, one per line. The README
/// beside the file lists their sources.
const COMMON_PASSWORDS: &str = include_str!("common.txt");

/// The text that is hashed, in Unicode's form NFC, so that keyboards that compose characters differently
/// produce the same password (RFC 8265 §4.2.1).
pub fn normalised(password: &str) -> Cow<'_, str> {
    if is_nfc(password) { Cow::Borrowed(password) } else { Cow::Owned(password.nfc().collect()) }
}

/// Why a password is not acceptable, reported at `pointer`. `words` are those that an attacker who knows the
/// person tries first, such as the login and the tenant's name.
pub fn check_password(pointer: &str, password: &str, words: &[&str]) -> Option<FieldError> {
    let password = normalised(password);
    match password.chars().count() {
        0 => Some(FieldError::new(pointer, FieldErrorCode::Missing)),
        length if length < MIN_PASSWORD_LENGTH => Some(FieldError::with_limit(pointer, FieldErrorCode::TooShort, MIN_PASSWORD_LENGTH)),
        length if length > MAX_PASSWORD_LENGTH => Some(FieldError::with_limit(pointer, FieldErrorCode::TooLong, MAX_PASSWORD_LENGTH)),
        _ if is_common(&password, words) => Some(FieldError::new(pointer, FieldErrorCode::TooCommon)),
        _ => None,
    }
}

fn is_common(password: &str, words: &[&str]) -> bool {
    let lower: String = password.to_lowercase().nfc().collect();
    let first = lower.chars().next();
    lower.chars().all(|c| Some(c) == first) || COMMON_PASSWORDS.lines().any(|common| common == lower) || is_made_of_words(lower, words)
}

/// Whether a password consists of known words, with at most a few digits and symbols around them.
fn is_made_of_words(mut rest: String, words: &[&str]) -> bool {
    let known = words.iter().copied().chain(["campanile"]).filter(|word| word.chars().count() >= MIN_WORD_LENGTH);
    let mut words: Vec<String> = known.map(|word| normalised(&word.to_lowercase()).into_owned()).collect();
    // The longest first, because a name may contain another.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let whole = rest.len();
    for word in words {
        rest = rest.replace(&word, "");
    }
    rest.len() < whole && rest.chars().count() < MIN_OTHER_CHARACTERS && !rest.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 5] = ["ada.byron", "acme", "Ada", "Byron", "Müller"];

    fn check(password: &str) -> Option<FieldErrorCode> {
        check_password("/new", password, &WORDS).map(|fault| fault.code)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check(""), Some(FieldErrorCode::Missing));
        assert_eq!(check("xk7-qp2"), Some(FieldErrorCode::TooShort));
        assert_eq!(check("xk7-qp2w"), None);
        // Eight characters of two bytes, and one of two code points, which counts as one.
        assert_eq!(check("жцщюэхзъ"), None);
        assert_eq!(check("xk7-qpe\u{301}"), Some(FieldErrorCode::TooShort));
        assert_eq!(check(&"xk7-qp2w".repeat(32)), None);
        assert_eq!(check(&("xk7-qp2w".repeat(32) + "x")), Some(FieldErrorCode::TooLong));
        assert_eq!(check_password("/new", "short", &[]).unwrap().limit, Some(8));
    }

    #[test]
    fn common_passwords_are_rejected_in_any_case() {
        for password in ["password", "PassWord", "12345678", "qwertyuiop", "iloveyou", "Sunshine1", "trustno1", "passw0rd", "P@ssw0rd"] {
            assert_eq!(check(password), Some(FieldErrorCode::TooCommon), "{password}");
        }
        assert_eq!(check("zzzzzzzzzzzz"), Some(FieldErrorCode::TooCommon));
        assert_eq!(check("        "), Some(FieldErrorCode::TooCommon));
        assert_eq!(check("correct horse battery"), None);
    }

    #[test]
    fn words_about_the_person_are_rejected() {
        for password in ["campanile", "Campanile1!", "acmeacme", "ACME2026", "ada.byron", "AdaByron", "byron-1815", "mu\u{308}ller123"] {
            assert_eq!(check(password), Some(FieldErrorCode::TooCommon), "{password}");
        }
        for password in ["acme sells anvils", "campanile bell tower", "ada 8391 2093 8475"] {
            assert_eq!(check(password), None, "{password}");
        }
    }

    #[test]
    fn the_list_holds_passwords_of_allowed_length() {
        assert!(COMMON_PASSWORDS.lines().count() > 3_000);
        assert!(
            COMMON_PASSWORDS.lines().is_sorted()
                && COMMON_PASSWORDS.lines().all(|line| (MIN_PASSWORD_LENGTH..=MAX_PASSWORD_LENGTH).contains(&line.chars().count()))
        );
        assert!(COMMON_PASSWORDS.lines().all(|line| line.to_lowercase() == line && normalised(line) == line));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        assert_eq!(normalised("cafe\u{301}-bar"), normalised("café-bar"));
        assert_ne!(normalised("Cafe-bar"), normalised("cafe-bar"));
    }
}
