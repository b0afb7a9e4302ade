//! A tenant that has an administrator keeps one who is not disabled: nobody else could give the right
//! to anyone again.

use campanile_domain::{AudienceKey, Error, TenantId};

use super::{fault::Result, keys, writer::Writing};

/// Makes a change that may end the right of administrators; [`Error::LastAdministrator`] when it
/// would leave none. It is checked inside the transaction, so two who end each other's right at once
/// cannot both succeed. The caller's savepoint takes back what was done.
pub fn keep_one<T>(writing: &mut Writing<'_>, tenant: TenantId, change: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Result<T> {
    // Those who are disabled do not count.
    let administrators = [AudienceKey::administrators()];
    let before = keys::audience_size(writing.connection, tenant, &administrators)?;
    let done = change(writing)?;
    if before > 0 && keys::audience_size(writing.connection, tenant, &administrators)? == 0 {
        return Err(Error::LastAdministrator.into());
    }
    Ok(done)
}
