//! The port to tenants in the store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Result, Tenant, TenantId, TenantSettings};

/// The store of tenants.
#[async_trait]
pub trait TenantStore: Send + Sync + 'static {
    /// Adds a tenant; [`crate::Error::AlreadyExists`] if the name is taken.
    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant>;

    /// The tenant with this name, ignoring case.
    async fn tenant(&self, name: &str) -> Result<Option<Tenant>>;

    /// All tenants, by name.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Replaces a tenant's settings.
    async fn set_tenant_settings(&self, tenant: TenantId, settings: TenantSettings) -> Result<()>;

    /// Replaces a tenant's portal secret. The former secret stays valid until `former_until`, if given. The
    /// one before it becomes invalid.
    async fn rotate_portal_secret(&self, tenant: TenantId, secret: &str, former_until: Option<DateTime<Utc>>) -> Result<()>;
}
