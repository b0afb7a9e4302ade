//! Finds what an argument names, with errors that say what to do.

use campanile_domain::{Campanile, Tenant};

use super::output::CliError;

/// The tenant of a name, or an error that says how to add it.
pub async fn find_tenant(campanile: &Campanile, name: &str) -> Result<Tenant, CliError> {
    let found = campanile.store().tenant(name).await?;
    found.ok_or_else(|| format!("there is no tenant {name}; add it with: campanile tenant add {name}").into())
}

/// The error of adding something, with a hint if its name is taken.
pub fn name_taken_hint(error: campanile_domain::Error, what: &str) -> CliError {
    match error {
        campanile_domain::Error::AlreadyExists => format!("there is already {what}; choose another name").into(),
        error => error.into(),
    }
}
