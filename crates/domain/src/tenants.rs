//! Adding and finding tenants, and which names they may have.

use campanile_shared::{FieldError, problem::FieldErrorCode};

use crate::{
    Campanile, Error, Operator, Result, Tenant, TenantSettings,
    model::secret::SecretKind,
    secret,
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// Adds a tenant with a new portal secret. Its name appears in paths, lists and tokens.
    pub async fn create_tenant(&self, _: Operator, name: &str, settings: TenantSettings) -> Result<Tenant> {
        let entry = Entry::new(SecurityEvent::TenantAdded).tenant(name).subject(name);
        entry
            .log(async {
                if !is_tenant_name(name) {
                    return Err(Error::Invalid(vec![FieldError::new("/name", FieldErrorCode::Malformed)]));
                }
                let secret = secret::generate(&*self.random, SecretKind::Portal);
                let mail = secret::generate(&*self.random, SecretKind::Mail);
                self.store.create_tenant(name, settings, &secret, &mail).await
            })
            .await
    }

    /// The tenant with this name, ignoring case.
    pub async fn tenant(&self, _: Operator, name: &str) -> Result<Option<Tenant>> {
        self.store.tenant(name).await
    }

    /// All tenants, by name.
    pub async fn tenants(&self, _: Operator) -> Result<Vec<Tenant>> {
        self.store.tenants().await
    }

    /// The tenant of a sign-in that may name another: `named` if there is such a tenant, or else the only tenant
    /// of this server. `None` if there are several.
    pub async fn sign_in_tenant(&self, named: &str) -> Result<Option<String>> {
        if self.store.tenant(named).await?.is_some() {
            return Ok(Some(named.to_owned()));
        }
        match &*self.store.tenants().await? {
            [only] => Ok(Some(only.name.clone())),
            _ => Ok(None),
        }
    }
}

/// At most 64 ASCII letters and digits, with dots, dashes and underscores, the first a letter or digit.
/// `root` is not allowed: it stands for any customer in Citrix's paths.
fn is_tenant_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    name.len() <= 64
        && name.bytes().all(is_allowed)
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && !name.eq_ignore_ascii_case("root")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tenants_are_words() {
        for name in ["acme", "Acme-2", "a.b_c", "7", "roots", &"a".repeat(64)] {
            assert!(is_tenant_name(name), "{name}");
        }
        for name in ["", "a/b", "a b", "a\nb", "ROOT", "-a", "_a", ".", "süd", &"a".repeat(65)] {
            assert!(!is_tenant_name(name), "{name}");
        }
    }
}
