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
        let entry = Entry::new(SecurityEvent::TenantChanged).by(by).subject(by.tenant_name());
        entry
            .log(async {
                by.require(Ability::Administer)?;
                let settings = settings.check().map_err(Error::Invalid)?;
                self.store.set_tenant_settings(by.tenant(), settings.clone()).await?;
                Ok(settings)
            })
            .await
    }

    /// Whether the tenant stores equal events only once, for a sender.
    pub async fn has_unique_events(&self, by: &Actor) -> Result<bool> {
        Ok(self.settings_for_sending(by).await?.unique_events)
    }

    /// The relation of the people who are notified of what a member does, for a sender.
    pub async fn connections_relation(&self, by: &Actor) -> Result<String> {
        Ok(self.settings_for_sending(by).await?.connections)
    }

    async fn settings_for_sending(&self, by: &Actor) -> Result<TenantSettings> {
        by.require(Ability::Send)?;
        Ok(self.store.tenant(by.tenant_name()).await?.map(|tenant| tenant.settings).unwrap_or_default())
    }

    /// The origins whose pages may embed the bell, of all tenants.
    pub async fn embedding_origins(&self) -> Result<Vec<String>> {
        Ok(self.store.tenants().await?.into_iter().flat_map(|tenant| tenant.settings.origins).collect())
    }
}
