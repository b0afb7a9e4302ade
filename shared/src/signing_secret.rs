//! The form of a secret that signs webhooks (Standard Webhooks).

/// Whether a text is a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64.
pub fn is_signing_secret(secret: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    secret.strip_prefix("whsec_").is_some_and(|encoded| {
        let digits = encoded.trim_end_matches('=');
        // Four digits encode three bytes. A single remaining digit is invalid.
        digits.bytes().all(digit) && (32..=86).contains(&digits.len()) && digits.len() % 4 != 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_secrets_are_of_a_known_form() {
        for (secret, good) in [
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-_w==", true),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwx", false),
            ("whsec_short", false),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\n", false),
            ("", false),
        ] {
            assert_eq!(is_signing_secret(secret), good, "{secret}");
        }
    }

    #[test]
    fn a_secret_is_24_to_64_bytes_in_base64() {
        for (digits, good) in
            [(31, false), (32, true), (33, false), (34, true), (35, true), (36, true), (85, false), (86, true), (87, false)]
        {
            assert_eq!(is_signing_secret(&format!("whsec_{}", "A".repeat(digits))), good, "{digits} digits");
        }
        for digit in ["+", "/", "-", "_", "z", "9"] {
            assert!(is_signing_secret(&format!("whsec_{}", digit.repeat(32))), "{digit}");
        }
        assert!(!is_signing_secret(&format!("whsec_{}", ".".repeat(32))));
    }
}
