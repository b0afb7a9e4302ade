//! Keys and what else stands for somebody.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use crate::{KeyId, PersonId, Scope, TenantId, secret::Kind};

/// An API key as its tenant's administrator sees it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its place in the store.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many requests a second it may make, if it has a limit of its own.
    pub requests_per_second: Option<NonZeroU32>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, as far as that was noted.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Something short-lived that stands for a person or a key.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// What it is for.
    pub kind: Kind,
    /// Whose.
    pub tenant: TenantId,
    /// For whom it stands.
    pub subject: PassSubject,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// For whom a pass stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PassSubject {
    /// A person.
    Person(PersonId),
    /// An API key.
    Key(KeyId),
}

/// Who holds a pass.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The person or the sender.
    pub actor: crate::access::Actor,
    /// When the pass ends.
    pub expires_at: DateTime<Utc>,
}
