//! Finds what an argument names, with errors that say what to do.

use campanile_domain::{Campanile, Operator, Tenant, model::access::Actor};

use super::output::CliError;

/// The tenant of a name, or an error that says how to add it.
pub async fn find_tenant(campanile: &Campanile, name: &str) -> Result<Tenant, CliError> {
    let found = campanile.tenant(Operator, name).await?;
    found.ok_or_else(|| format!("there is no tenant {name}; add it with: campanile tenant add {name}").into())
}

/// The operator, who runs the commands, on the tenant of a name.
pub async fn operator_on(campanile: &Campanile, name: &str) -> Result<Actor, CliError> {
    Ok(Operator.on(&find_tenant(campanile, name).await?))
}

/// The error of adding something, with a hint if its name is taken.
pub fn name_taken_hint(error: campanile_domain::Error, what: &str) -> CliError {
    match error {
        campanile_domain::Error::AlreadyExists => format!("there is already {what}; choose another name").into(),
        error => error.into(),
    }
}
