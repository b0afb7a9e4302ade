//! `campanile person …`

use std::io::Read;

use campanile_domain::{Campanile, Error, model::access::Actor};
use campanile_shared::{Language, administration::NewMember, directory::PersonRecord};
use clap::Subcommand;

use super::{
    lookup::{name_taken_hint, operator_on},
    output::{CliError, print_line},
};
use crate::config::Config;

/// The commands for people.
#[derive(Subcommand)]
pub enum Command {
    /// Add a person. They receive notifications that are sent from now on.
    Add {
        /// The tenant's name.
        tenant: String,
        /// The login, unique in the tenant.
        login: String,
        /// The display name; the default is the login.
        #[arg(long)]
        name: Option<String>,
        /// The email address.
        #[arg(long)]
        email: Option<String>,
        /// A language that the person reads, the preferred first (BCP 47); can be repeated.
        #[arg(long = "language", value_name = "TAG")]
        languages: Vec<Language>,
        /// The person's id in another system, such as citrix:42; can be repeated.
        #[arg(long = "external-id", value_name = "ID")]
        external_ids: Vec<String>,
        /// The person may only read, not administer the tenant.
        #[arg(long)]
        reader: bool,
    },
    /// List people: login, name, email address, and whether they are disabled.
    List {
        /// The tenant's name.
        tenant: String,
        /// Only people whose login or name begins with this text.
        #[arg(default_value = "")]
        prefix: String,
    },
    /// Print a sign-in link. It works once and expires after 24 hours.
    Link {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
    },
    /// Create a token with which a program acts as the person, and print it. It cannot be shown again.
    Token {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
        /// Days until the token expires.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// Set a password of at least 8 characters, read from standard input. This ends the person's sessions.
    Password {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
    },
    /// Give the right to administer the tenant, or revoke it.
    Administrator {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
        /// Revoke the right.
        #[arg(long)]
        revoke: bool,
    },
    /// Disable a person, or enable them again. A disabled person loses their sessions and gets no email; inbox
    /// and roles stay.
    Disable {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
        /// Enable the person again.
        #[arg(long)]
        revoke: bool,
    },
    /// Remove a person with their inbox and sessions.
    Remove {
        /// The tenant's name.
        tenant: String,
        /// The login.
        login: String,
    },
}

/// How many people are read per query.
const PAGE_SIZE: u32 = 200;

/// The operator on a tenant. An error says so if the tenant has no person of this login.
async fn operator_on_person(campanile: &Campanile, name: &str, login: &str) -> Result<Actor, CliError> {
    let by = operator_on(campanile, name).await?;
    match campanile.member(&by, login).await {
        Ok(_) => Ok(by),
        Err(Error::NotFound) => Err(format!("there is no {login} in {name}; see: campanile person list {name}").into()),
        Err(error) => Err(error.into()),
    }
}

/// The error of revoking a right, with a hint if the person is the last administrator.
fn last_administrator_hint(error: Error, by: &Actor, login: &str) -> CliError {
    let name = by.tenant_name();
    match error {
        Error::LastAdministrator => format!(
            "{login} is the last administrator of {name} who is not disabled; \
             give the right to another person first: campanile person administrator {name} LOGIN"
        )
        .into(),
        error => error.into(),
    }
}

/// The error of creating a credential, with a hint if the person is disabled.
fn disabled_hint(error: Error, login: &str) -> CliError {
    match error {
        Error::Unauthenticated | Error::Invalid(_) => {
            format!("{login} is disabled; enable them with: campanile person disable --revoke").into()
        }
        error => error.into(),
    }
}

/// Runs one of the commands.
pub async fn run(command: Command, campanile: &Campanile, config: &Config) -> Result<(), CliError> {
    match command {
        Command::Add { tenant: name, login, name: display, email, languages, external_ids, reader } => {
            let by = operator_on(campanile, &name).await?;
            let person = PersonRecord { login: login.clone(), name: display, email, languages, external_ids };
            let added = campanile.add_member(&by, NewMember { person, administrator: !reader }).await;
            added.map_err(|error| name_taken_hint(error, &format!("{login} or an external id in {name}")))?;
        }
        Command::List { tenant: name, prefix } => {
            let by = operator_on(campanile, &name).await?;
            let mut after = None;
            loop {
                let (members, next) = campanile.members(&by, &prefix, after, PAGE_SIZE).await?;
                for member in &members {
                    let (person, state) = (&member.person, if member.disabled_at.is_some() { "disabled" } else { "" });
                    let name = person.name.as_deref().unwrap_or_default();
                    print_line(&format!("{}\t{name}\t{}\t{state}", person.login, person.email.as_deref().unwrap_or_default()))?;
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        Command::Link { tenant, login } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let link = campanile.create_sign_in_link(&by, &login).await.map_err(|error| disabled_hint(error, &login))?;
            print_line(&config.sign_in_url(&link.secret))?;
        }
        Command::Token { tenant, login, days } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let life = std::time::Duration::from_secs(u64::from(days) * 24 * 3600);
            let token = campanile.create_personal_token(&by, &login, life).await;
            print_line(&token.map_err(|error| disabled_hint(error, &login))?.secret)?;
        }
        Command::Password { tenant, login } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let mut password = String::new();
            std::io::stdin().read_to_string(&mut password)?;
            campanile.set_password(&by, &login, password.trim_end_matches(['\r', '\n'])).await?;
        }
        Command::Administrator { tenant, login, revoke } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let done = campanile.set_administrator(&by, &login, !revoke).await;
            done.map_err(|error| last_administrator_hint(error, &by, &login))?;
        }
        Command::Disable { tenant, login, revoke } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let done = campanile.set_disabled(&by, &login, !revoke).await;
            done.map_err(|error| last_administrator_hint(error, &by, &login))?;
        }
        Command::Remove { tenant, login } => {
            let by = operator_on_person(campanile, &tenant, &login).await?;
            let done = campanile.remove_person(&by, &login).await;
            done.map_err(|error| last_administrator_hint(error, &by, &login))?;
        }
    }
    Ok(())
}
