//! Redaction of texts from callers: shortened, and left out if they look like a secret.

use crate::model::secret::SecretKind;

/// The longest text from a caller, in characters.
pub(crate) const MAX_TEXT_LENGTH: usize = 120;

/// Replaces a text that looks like a secret.
pub(crate) const REDACTED: &str = "(left out)";

/// Makes a text from a caller safe to log: shortens it, and replaces it if it contains one of our secrets or
/// a signed token, such as one that was typed into the wrong field.
pub(crate) fn redact(text: &str) -> String {
    let secret = SecretKind::ALL.iter().any(|kind| text.split(kind.prefix()).skip(1).any(|rest| rest.len() >= 16)) || text.contains("eyJ");
    if secret { REDACTED.to_owned() } else { text.chars().take(MAX_TEXT_LENGTH).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_characters_after_a_prefix_are_a_secret() {
        assert_eq!(redact("cmp_0123456789abcde"), "cmp_0123456789abcde");
        assert_eq!(redact("cmp_0123456789abcdef"), REDACTED);
        assert_eq!(redact(&"x".repeat(MAX_TEXT_LENGTH)), "x".repeat(120));
    }
}
