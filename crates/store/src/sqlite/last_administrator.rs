//! A tenant always keeps one administrator who is not disabled. Without one, no one could grant the right
//! again.

use campanile_domain::{AudienceKey, Error, TenantId};

use super::{audience, error::Result, write_transaction::WriteTransaction};

/// Makes a change that may remove the right of administrators. [`Error::LastAdministrator`] when none would be
/// left. The check runs inside the transaction, so two administrators who remove each other at the same time
/// cannot both succeed. The caller's savepoint rolls the change back.
pub fn keep_last_administrator<T>(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    change: impl FnOnce(&mut WriteTransaction<'_>) -> Result<T>,
) -> Result<T> {
    // Disabled administrators do not count.
    let administrators = [AudienceKey::administrators()];
    let before = audience::audience_size(writing.connection, tenant, &administrators)?;
    let done = change(writing)?;
    if before > 0 && audience::audience_size(writing.connection, tenant, &administrators)? == 0 {
        return Err(Error::LastAdministrator.into());
    }
    Ok(done)
}
