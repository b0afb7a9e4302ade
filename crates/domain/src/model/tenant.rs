//! A tenant: its settings and secrets.

pub use campanile_shared::TenantSettings;

use chrono::{DateTime, Utc};

use crate::model::ids::TenantId;

impl Tenant {
    /// The name that people see.
    pub fn display_name(&self) -> &str {
        if self.settings.display_name.is_empty() { &self.name } else { &self.settings.display_name }
    }
}

/// A separate set of people and notifications: a customer, an environment, a community.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name in URLs, such as `acme`, compared ignoring case.
    pub name: String,
    /// Its settings.
    pub settings: TenantSettings,
    /// The secret with which the tenant's portal signs tokens for its people. Verifying a signature needs its
    /// text, so it cannot be hashed. It is never logged or listed.
    pub portal_secret: String,
    /// The former portal secret, while it is still valid.
    pub former_portal_secret: Option<FormerSecret>,
    /// The secret with which links in mails are signed. It stays when the portal secret changes, because
    /// mails are kept for years.
    pub mail_secret: String,
}

/// A secret that was replaced.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormerSecret {
    /// Its text.
    pub secret: String,
    /// Until when it is valid.
    pub valid_until: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_s_display_name_defaults_to_its_name() {
        let tenant = |display_name: &str| Tenant {
            id: TenantId(1),
            name: "acme".to_owned(),
            settings: TenantSettings { display_name: display_name.to_owned(), ..TenantSettings::default() },
            portal_secret: String::new(),
            former_portal_secret: None,
            mail_secret: String::new(),
        };
        assert_eq!((tenant("").display_name(), tenant("Acme Inc.").display_name()), ("acme", "Acme Inc."));
    }
}
