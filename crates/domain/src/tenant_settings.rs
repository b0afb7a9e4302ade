//! A tenant's settings and portal secret.

use campanile_shared::{
    TenantSettings,
    administration::{PortalSecret, PortalSecretRotation},
};
use chrono::TimeDelta;

use crate::{
    Campanile, Error, Result, TenantId,
    model::{
        access::{Ability, Actor},
        secret::SecretKind,
    },
    secret,
    security_log::{Entry, SecurityEvent},
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

impl Campanile {
    /// Replaces the portal secret. The former one stays valid for some hours, until the portals have the new
    /// one. Links in mails are signed with another secret and stay valid.
    pub async fn rotate_portal_secret(&self, by: &Actor, rotation: PortalSecretRotation) -> Result<PortalSecret> {
        let overlap = format!("overlap {} h", rotation.overlap_hours);
        let rotated = self.rotate(by, rotation).await;
        Entry::new(SecurityEvent::SecretRotated).by(by).subject(by.tenant_name()).detail(&overlap).finished(&rotated);
        rotated
    }

    async fn rotate(&self, by: &Actor, rotation: PortalSecretRotation) -> Result<PortalSecret> {
        by.require(Ability::Administer)?;
        let faults = rotation.check();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        self.replace_portal_secret(by.tenant(), TimeDelta::hours(rotation.overlap_hours.into())).await
    }

    /// The same for the operator, with any overlap.
    pub async fn replace_portal_secret(&self, tenant: TenantId, overlap: TimeDelta) -> Result<PortalSecret> {
        let secret = secret::generate(&*self.random, SecretKind::Portal);
        let former_until = Some(self.now() + overlap).filter(|_| overlap > TimeDelta::zero());
        self.store.rotate_portal_secret(tenant, &secret, former_until).await?;
        Ok(PortalSecret { secret, former_until })
    }
}
