//! Signs requests as Standard Webhooks specifies: <https://www.standardwebhooks.com>, "Signature scheme".

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Accepts base64 with and without padding.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// Returns the value of `webhook-signature`, or `None` if the secret is not `whsec_` followed by base64. The URL-safe alphabet
/// is accepted too.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let encoded = secret.strip_prefix("whsec_")?.replace('-', "+").replace('_', "/");
    let key = BASE64.decode(encoded).ok().filter(|key| !key.is_empty())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example from the official Standard Webhooks libraries.
    #[test]
    fn the_specification_s_example_holds() {
        let signature =
            sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn secrets_are_read_in_either_alphabet() {
        let one = sign("whsec_-_-_", "a", 1, "b");
        assert_eq!(one, sign("whsec_+/+/", "a", 1, "b"));
        assert!(one.is_some());
        assert!(sign("whsec_MQ==", "a", 1, "b").is_some());
        assert_eq!(sign("whsec_MQ==", "a", 1, "b"), sign("whsec_MQ", "a", 1, "b"));
        for bad in ["", "whsec_", "whsec_!", "MQ==", "whsec_MQ\r\n"] {
            assert_eq!(sign(bad, "a", 1, "b"), None, "{bad:?}");
        }
    }
}
