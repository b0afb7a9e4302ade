//! Tokens as the store keeps them, and who holds one.

use chrono::{DateTime, Utc};

use crate::{KeyId, PersonId, TenantId, model::secret::SecretKind};

/// A newly issued secret. Its text is known only now; the store keeps its hash.
pub struct IssuedSecret {
    /// The secret's text.
    pub secret: String,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// A short-lived token of a person or an API key.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is for.
    pub kind: SecretKind,
    /// Its tenant.
    pub tenant: TenantId,
    /// Whom it authenticates.
    pub subject: TokenSubject,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// Whom a token authenticates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenSubject {
    /// A person.
    Person(PersonId),
    /// An API key.
    Key(KeyId),
}

/// The holder of a token.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    /// The person or the sender.
    pub actor: crate::model::access::Actor,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}
