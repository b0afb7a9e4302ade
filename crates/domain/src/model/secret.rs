//! Secrets: their kinds, and the hashes by which the store finds them.

use sha2::{Digest, Sha256};

/// The SHA-256 of a secret, by which the store finds it. A fast hash suffices, because the secrets hold 192
/// random bits, which no one can guess. Passwords are hashed differently: see `password`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a secret's text.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

/// What a secret is for. Its text begins with a prefix for its kind, so that scanners recognise a leaked one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SecretKind {
    /// An API key.
    ApiKey,
    /// A person's session.
    Session,
    /// A one-use sign-in link.
    SignInLink,
    /// A one-use ticket for the event stream.
    StreamTicket,
    /// A short-lived access token that an API key was exchanged for.
    AccessToken,
    /// The secret with which a portal signs tokens.
    Portal,
    /// A personal token for a person's own programs.
    PersonalToken,
    /// The secret with which links in mails are signed.
    Mail,
    /// A token that marks a browser in which a person has signed in.
    KnownBrowser,
    /// The secret with which requests to a webhook endpoint are signed (Standard Webhooks).
    WebhookSignature,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::ApiKey,
        Self::Session,
        Self::SignInLink,
        Self::StreamTicket,
        Self::AccessToken,
        Self::Portal,
        Self::PersonalToken,
        Self::Mail,
        Self::KnownBrowser,
        Self::WebhookSignature,
    ];

    /// The prefix of a secret of this kind.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "cmp_",
            Self::Session => "cms_",
            Self::SignInLink => "cml_",
            Self::StreamTicket => "cmk_",
            Self::AccessToken => "cmt_",
            Self::Portal => "cmx_",
            Self::PersonalToken => "cmu_",
            Self::Mail => "cme_",
            Self::KnownBrowser => "cmb_",
            Self::WebhookSignature => "whsec_",
        }
    }

    /// The kind of a secret, by its prefix.
    pub fn of(secret: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| secret.starts_with(kind.prefix()))
    }

    /// The name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "key",
            Self::Session => "session",
            Self::SignInLink => "link",
            Self::StreamTicket => "ticket",
            Self::AccessToken => "token",
            Self::Portal => "portal",
            Self::PersonalToken => "personal",
            Self::Mail => "mail",
            Self::KnownBrowser => "browser",
            Self::WebhookSignature => "signature",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_its_sha_256() {
        // FIPS 180-2, appendix B.1.
        let SecretHash(hash) = SecretHash::of("abc");
        assert_eq!(hash[..4], [0xBA, 0x78, 0x16, 0xBF]);
        assert_eq!(hash[28..], [0xF2, 0x00, 0x15, 0xAD]);
    }
}
