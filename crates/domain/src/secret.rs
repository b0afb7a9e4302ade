//! Generating secrets: random text with a prefix for its kind.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};

use crate::{Random, model::secret::SecretKind};

/// A new secret of 192 random bits, in characters that are safe in headers and URLs.
pub fn generate(random: &dyn Random, kind: SecretKind) -> String {
    let mut bytes = [0; 24];
    random.fill(&mut bytes);
    // Receivers decode what follows `whsec_` as plain base64 (Standard Webhooks, "Signature scheme").
    let text = if kind == SecretKind::WebhookSignature { BASE64_STANDARD.encode(bytes) } else { BASE64_URL_SAFE_NO_PAD.encode(bytes) };
    format!("{}{text}", kind.prefix())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Always;

    #[test]
    fn a_secret_has_the_prefix_of_its_kind() {
        let names = ["key", "session", "link", "ticket", "token", "portal", "personal", "mail", "browser", "signature"];
        let prefixes = ["cmp_", "cms_", "cml_", "cmk_", "cmt_", "cmx_", "cmu_", "cme_", "cmb_", "whsec_"];
        for ((kind, name), prefix) in SecretKind::ALL.into_iter().zip(names).zip(prefixes) {
            assert_eq!((kind.name(), kind.prefix()), (name, prefix));
            // 24 bytes of ones are 32 digits for 63, which the two alphabets write differently.
            let digit = if kind == SecretKind::WebhookSignature { "/" } else { "_" };
            assert_eq!(generate(&Always(0xFF), kind), format!("{prefix}{}", digit.repeat(32)));
        }
    }
}
