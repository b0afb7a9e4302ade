//! An audience whose people have been looked up.

use campanile_shared::{Audience, Recipients};

use crate::model::{
    audience_key::AudienceKey,
    error::{Error, Result},
    ids::TenantId,
};

/// An audience of one tenant with the keys it stands for. It exists only after its people were looked up, so a send
/// does not look them up again.
#[derive(Clone, Debug)]
pub struct ResolvedAudience {
    tenant: TenantId,
    pub(crate) selectors: Audience,
    /// Without duplicates.
    pub(crate) keys: Vec<AudienceKey>,
}

impl ResolvedAudience {
    pub(crate) fn new(tenant: TenantId, selectors: Audience, mut keys: Vec<AudienceKey>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        Self { tenant, selectors, keys }
    }

    /// The selectors, as they were given.
    pub fn selectors(&self) -> &[Recipients] {
        &self.selectors
    }

    /// [`Error::Forbidden`] in a tenant other than the one it was looked up in.
    pub(crate) fn require_tenant(&self, tenant: TenantId) -> Result<()> {
        if self.tenant == tenant { Ok(()) } else { Err(Error::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_valid_in_its_tenant_only() {
        let audience = ResolvedAudience::new(TenantId(1), vec![Recipients::Everyone], vec![AudienceKey::Everyone; 2]);
        assert_eq!(audience.keys, [AudienceKey::Everyone]);
        assert!(audience.require_tenant(TenantId(1)).is_ok());
        assert!(matches!(audience.require_tenant(TenantId(2)), Err(Error::Forbidden)));
    }
}
