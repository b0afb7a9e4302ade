//! API keys and tokens as the store keeps them.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use crate::{KeyId, PersonId, Scope, TenantId, secret::SecretKind};

/// An API key as its tenant's administrator sees it.
#[derive(Clone, Debug)]
pub struct StoredApiKey {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many requests a second it may make, if it has a limit of its own.
    pub requests_per_second: Option<NonZeroU32>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last used, as far as that was recorded.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
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
    pub actor: crate::access::Actor,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}
