//! `campanile tenant …`

use std::io::Write;

use campanile_domain::{Campanile, Operator, TenantSettings};
use campanile_shared::{
    Language,
    administration::{PortalSecret, PortalSecretRotation},
    limits::MAX_SECRET_OVERLAP_HOURS,
};
use clap::{Args, Subcommand};

use super::{
    lookup::{find_tenant, name_taken_hint, operator_on},
    output::{CliError, print_line},
};

/// The commands for tenants.
#[derive(Subcommand)]
pub enum Command {
    /// Add a tenant, and print the secret with which its portal signs tokens for its people.
    Add {
        /// The tenant's name in URLs, such as acme.
        name: String,
        #[command(flatten)]
        changes: SettingChanges,
    },
    /// List all tenants.
    List,
    /// Replace the secret with which a tenant's portal signs tokens, and print the new one.
    RotateSecret {
        /// The tenant's name.
        name: String,
        /// How long the old secret stays valid: hours as 24h, days as 7d, or 0 to end it at once; at most
        /// 30 days.
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = overlap)]
        overlap: u32,
    },
    /// Change settings of a tenant. Settings that are not named stay.
    Set {
        /// The tenant's name.
        name: String,
        #[command(flatten)]
        changes: SettingChanges,
    },
}

/// Settings to change.
#[derive(Args)]
pub struct SettingChanges {
    /// Language to fall back to (BCP 47).
    #[arg(long)]
    language: Option<Language>,
    /// Days after which notifications are deleted; 0 keeps them for ever.
    #[arg(long, value_name = "DAYS")]
    retention: Option<u32>,
    /// Treat requests with equal event id and equal body as one notification.
    #[arg(long, value_name = "BOOL")]
    unique_events: Option<bool>,
    /// Name shown in emails; empty means the name in URLs.
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Origin whose pages may embed the bell; can be repeated. Replaces the current origins.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Option<Vec<String>>,
    /// Relation of the people who are notified of what a member does, such as follower or friend.
    #[arg(long, value_name = "RELATION")]
    connections: Option<String>,
}

impl SettingChanges {
    fn apply(self, mut settings: TenantSettings) -> Result<TenantSettings, CliError> {
        settings.display_name = self.display_name.unwrap_or(settings.display_name);
        settings.origins = self.origins.unwrap_or(settings.origins);
        settings.language = self.language.unwrap_or(settings.language);
        settings.retention_days = self.retention.unwrap_or(settings.retention_days);
        settings.unique_events = self.unique_events.unwrap_or(settings.unique_events);
        settings.connections = self.connections.unwrap_or(settings.connections);
        settings.check().map_err(|faults| {
            let faults = faults.into_iter().map(|fault| match fault.limit {
                Some(limit) => format!("{}: at most {limit}", fault.pointer.trim_start_matches('/')),
                None => format!("{}: invalid value", fault.pointer.trim_start_matches('/')),
            });
            faults.collect::<Vec<_>>().join("; ").into()
        })
    }
}

/// Parses a time into whole hours.
fn overlap(text: &str) -> Result<u32, String> {
    let (number, hours) = match text.strip_suffix('d') {
        Some(days) => (days, 24),
        None => (text.strip_suffix('h').unwrap_or(if text == "0" { text } else { "" }), 1),
    };
    let hours = number.parse::<u32>().ok().and_then(|number| number.checked_mul(hours));
    let fits = hours.filter(|hours| *hours <= MAX_SECRET_OVERLAP_HOURS);
    fits.ok_or_else(|| "write hours as 24h or days as 7d, at most 30d".to_owned())
}

/// Runs one of the commands.
pub async fn run(command: Command, campanile: &Campanile) -> Result<(), CliError> {
    match command {
        Command::Add { name, changes } => {
            let tenant = campanile.create_tenant(Operator, &name, changes.apply(TenantSettings::default())?).await;
            let tenant = tenant.map_err(|error| name_taken_hint(error, &format!("a tenant {name}")))?;
            print_line(&tenant.portal_secret)
        }
        Command::List => {
            for tenant in campanile.tenants(Operator).await? {
                let called = tenant.display_name().to_owned();
                let TenantSettings { language, retention_days, unique_events, connections, origins, .. } = tenant.settings;
                let (name, origins) = (tenant.name, if origins.is_empty() { "none".to_owned() } else { origins.join(",") });
                print_line(&format!(
                    "{name}\tlanguage {language}\tretention {retention_days} days\tunique events {unique_events}\tconnections {connections}\tcalled {called}\torigins {origins}"
                ))?;
            }
            Ok(())
        }
        Command::RotateSecret { name, overlap } => {
            let by = operator_on(campanile, &name).await?;
            let rotation = PortalSecretRotation { overlap_hours: overlap };
            let PortalSecret { secret, former_until } = campanile.rotate_portal_secret(&by, rotation).await?;
            let former =
                former_until.map_or_else(|| "is no longer valid".to_owned(), |until| format!("is valid until {}", until.to_rfc3339()));
            // On standard error, so that a program can read the secret from standard output.
            writeln!(std::io::stderr(), "The old secret {former}.")?;
            print_line(&secret)
        }
        Command::Set { name, changes } => {
            let found = find_tenant(campanile, &name).await?;
            let by = Operator.on(&found);
            campanile.set_tenant_settings(&by, changes.apply(found.settings)?).await?;
            Ok(())
        }
    }
}
