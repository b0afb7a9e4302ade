//! `campanile key …`

use campanile_domain::{Campanile, Scope};
use campanile_shared::{
    administration::{ApiKey, NewApiKey},
    limits::MAX_PAGE_SIZE,
};
use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};

use super::{
    lookup::{name_taken_hint, operator_on},
    output::{CliError, print_line},
};

/// The commands for API keys.
#[derive(Subcommand)]
pub enum Command {
    /// Create a key and print it. It cannot be shown again.
    Create {
        /// The tenant's name.
        tenant: String,
        /// The key's name, which recipients see.
        name: String,
        /// What the key may do; can be repeated. The default is to send.
        #[arg(long = "scope", value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::name)).map(|name| scope(&name)))]
        scopes: Vec<Scope>,
        /// The most requests per second; the default is the limit in the settings.
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        requests_per_second: Option<u32>,
    },
    /// List the keys of a tenant.
    List {
        /// The tenant's name.
        tenant: String,
    },
    /// Revoke a key. The server rejects it within a second.
    Revoke {
        /// The tenant's name.
        tenant: String,
        /// The key's name.
        name: String,
    },
}

fn scope(name: &str) -> Scope {
    Scope::ALL.into_iter().find(|scope| scope.name() == name).unwrap_or(Scope::Read)
}

/// Prints a key on one line.
fn print_key(key: &ApiKey) -> Result<(), CliError> {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", at.to_rfc3339()));
    let state = key.revoked_at.map_or_else(|| "active".to_owned(), |at| format!("revoked {}", at.to_rfc3339()));
    let rate = key.requests_per_second.map_or_else(String::new, |rate| format!("\t{rate} requests per second"));
    print_line(&format!("{}\t{}\tcreated {}\t{used}\t{state}{rate}", key.name, scopes.join(","), key.created_at.to_rfc3339()))
}

/// Runs one of the commands.
pub async fn run(command: Command, campanile: &Campanile) -> Result<(), CliError> {
    match command {
        Command::Create { tenant: tenant_name, name, scopes, requests_per_second } => {
            let by = operator_on(campanile, &tenant_name).await?;
            let scopes = if scopes.is_empty() { vec![Scope::Send] } else { scopes };
            let new = NewApiKey { name: name.clone(), scopes, requests_per_second };
            let key = campanile.create_key(&by, &new).await;
            print_line(&key.map_err(|error| name_taken_hint(error, &format!("a key {name} in {tenant_name}")))?.secret)
        }
        Command::List { tenant: name } => {
            let by = operator_on(campanile, &name).await?;
            let mut after = None;
            loop {
                let page = campanile.keys(&by, after, MAX_PAGE_SIZE).await?;
                page.items.iter().try_for_each(print_key)?;
                after = page.next;
                if after.is_none() {
                    return Ok(());
                }
            }
        }
        Command::Revoke { tenant: tenant_name, name } => {
            let by = operator_on(campanile, &tenant_name).await?;
            campanile.revoke_key(&by, &name).await.map_err(|error| match error {
                campanile_domain::Error::NotFound => {
                    format!("there is no key {name} in {tenant_name}; see: campanile key list {tenant_name}").into()
                }
                error => CliError::from(error),
            })
        }
    }
}
