//! The tenant of the last sign-in in this browser, so that it is typed once.

use crate::browser_storage;

const TENANT_KEY: &str = "campanile.tenant";

/// The tenant of the last sign-in in this browser.
pub fn remembered_tenant() -> String {
    browser_storage::local().and_then(|storage| storage.get_item(TENANT_KEY).ok().flatten()).unwrap_or_default()
}

/// Remembers the tenant of a sign-in.
pub fn remember_tenant(tenant: &str) {
    if let Some(storage) = browser_storage::local() {
        // Storage can be full or forbidden; then the person types the tenant again.
        let _ = storage.set_item(TENANT_KEY, tenant);
    }
}
