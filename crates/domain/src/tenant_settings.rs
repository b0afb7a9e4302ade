//! A tenant's settings.

use campanile_shared::TenantSettings;

use crate::{
    Campanile, Error, Result,
    model::access::{Ability, Actor},
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// The tenant's settings.
    pub async fn tenant_settings(&self, by: &Actor) -> Result<TenantSettings> {
        by.require(Ability::Administer)?;
        Ok(self.store.tenant(by.tenant_name()).await?.ok_or(Error::NotFound)?.settings)
    }

    /// Replaces the tenant's settings. Returns them as they are stored.
    pub async fn set_tenant_settings(&self, by: &Actor, settings: TenantSettings) -> Result<TenantSettings> {
        let chosen = self.check_and_set(by, settings).await;
        Entry::new(SecurityEvent::TenantChanged).by(by).subject(by.tenant_name()).finished(&chosen);
        chosen
    }

    async fn check_and_set(&self, by: &Actor, settings: TenantSettings) -> Result<TenantSettings> {
        by.require(Ability::Administer)?;
        let settings = settings.check().map_err(Error::Invalid)?;
        self.store.set_tenant_settings(by.tenant(), settings.clone()).await?;
        Ok(settings)
    }
}
