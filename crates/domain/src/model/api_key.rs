//! An API key as the store returns it.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use crate::{KeyId, Scope};

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
