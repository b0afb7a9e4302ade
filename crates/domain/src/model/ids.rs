//! The ids of tenants, people and API keys in the store.

use serde::{Deserialize, Serialize};

/// A tenant's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TenantId(pub i64);

/// A person's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// An API key's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId(pub i64);
