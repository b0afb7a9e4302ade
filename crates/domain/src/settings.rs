//! What administrators choose for their tenant.

use campanile_shared::TenantSettings;

use crate::{
    Campanile, Error, Result, Tenant,
    access::{Ability, Actor},
};

impl Campanile {
    /// What is chosen.
    pub async fn tenant_settings(&self, by: &Actor) -> Result<TenantSettings> {
        by.require(Ability::Administer)?;
        Ok(self.store.tenant(by.tenant_name()).await?.ok_or(Error::NotFound)?.settings)
    }

    /// Chooses anew. What is kept is what is answered.
    pub async fn choose_tenant_settings(&self, by: &Actor, settings: TenantSettings) -> Result<TenantSettings> {
        by.require(Ability::Administer)?;
        let settings = settings.check().map_err(Error::Invalid)?;
        self.store.set_tenant_settings(by.tenant(), settings.clone()).await?;
        Ok(settings)
    }
}

impl Tenant {
    /// What it is called where people read it.
    pub fn called(&self) -> &str {
        if self.settings.display_name.is_empty() { &self.name } else { &self.settings.display_name }
    }
}
