//! Who administers a tenant: giving and revoking the right. A tenant always keeps its last administrator.

use campanile_shared::{FieldError, problem::FieldErrorCode};

use crate::{
    AudienceKey, Campanile, Error, Result, TenantId,
    model::{access::Actor, audience_key::ADMINISTRATOR_ROLE},
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// Gives a person the right to administer the tenant, or revokes it. An administrator can neither revoke
    /// their own right nor that of the last administrator.
    pub async fn set_administrator(&self, by: &Actor, login: &str, holds: bool) -> Result<()> {
        let (object, relation) = ADMINISTRATOR_ROLE;
        let event = if holds { SecurityEvent::RoleGranted } else { SecurityEvent::RoleRevoked };
        let entry = Entry::new(event).by(by).subject(login).detail(&format!("{object}#{relation}"));
        entry
            .log(async {
                let person = self.find_as_administrator(by, login).await?;
                if !holds && matches!(by, Actor::Person(who) if who.id == person) {
                    return Err(self.own_right_error(by.tenant(), "/administrator").await?);
                }
                self.store.set_relation(by.tenant(), person, object, relation, holds, self.now()).await
            })
            .await
    }

    /// The error when an administrator ends their own right, with this field at fault.
    pub(crate) async fn own_right_error(&self, tenant: TenantId, field: &str) -> Result<Error> {
        let administrators = self.store.audience_size(tenant, &[AudienceKey::administrators()]).await?;
        Ok(if administrators > 1 {
            Error::Invalid(vec![FieldError::new(field, FieldErrorCode::Forbidden)])
        } else {
            Error::LastAdministrator
        })
    }
}
