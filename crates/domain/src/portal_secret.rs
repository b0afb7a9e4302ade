//! Rotating a tenant's portal secret.

use campanile_shared::administration::{PortalSecret, PortalSecretRotation};
use chrono::TimeDelta;

use crate::{
    Campanile, Error, Result, TenantId,
    model::{
        access::{Ability, Actor},
        secret::SecretKind,
    },
    secret,
    security_log::{Entry, event::SecurityEvent},
};

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
