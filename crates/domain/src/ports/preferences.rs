//! The port to people's preferences in the store.

use async_trait::async_trait;
use campanile_shared::Preferences;

use crate::{PersonId, Result, TenantId};

/// The store of people's preferences.
#[async_trait]
pub trait PreferenceStore: Send + Sync + 'static {
    /// A person's preferences.
    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences>;

    /// Stores a person's preferences.
    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()>;

    /// Ends all mail to a person, including mail that is addressed to them and not sent yet, until they
    /// choose to get mail again.
    async fn end_all_mail(&self, tenant: TenantId, person: PersonId) -> Result<()>;
}
