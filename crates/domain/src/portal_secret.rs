//! Rotating a tenant's portal secret.

use campanile_shared::administration::{PortalSecret, PortalSecretRotation};
use chrono::TimeDelta;

use crate::{
    Campanile, Error, Result,
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
        let entry = Entry::new(SecurityEvent::SecretRotated).by(by).subject(by.tenant_name()).detail(&overlap);
        entry
            .log(async {
                by.require(Ability::Administer)?;
                let faults = rotation.check();
                if !faults.is_empty() {
                    return Err(Error::Invalid(faults));
                }
                let secret = secret::generate(&*self.random, SecretKind::Portal);
                let overlap = Some(TimeDelta::hours(rotation.overlap_hours.into())).filter(|overlap| !overlap.is_zero());
                let former_until = overlap.map(|overlap| self.now() + overlap);
                self.store.rotate_portal_secret(by.tenant(), &secret, former_until).await?;
                Ok(PortalSecret { secret, former_until })
            })
            .await
    }
}
