//! The command line: its commands and options, and how each command runs.

mod backup;
mod demo;
mod directory;
mod key;
mod lookup;
mod output;
mod person;
mod shutdown;
mod tenant;

use std::{io::Write, path::PathBuf, process::ExitCode};

use campanile_domain::security_log::{self, Origin};
use clap::{Args, Parser, Subcommand};
use serde_json::{Map, Value, json};

use self::{
    output::{CliError, print_line},
    shutdown::{ShutdownSignals, serve_until_signal},
};
use crate::{
    api,
    config::Config,
    log::Log,
    serve::{self, database::open_for_command},
};

/// One place for every notification your administrators should see.
#[derive(Parser)]
#[command(name = "campanile", version, about, propagate_version = true)]
struct CommandLine {
    #[command(flatten)]
    settings: GlobalOptions,
    #[command(subcommand)]
    command: Command,
}

/// The options of every command. All other settings are in the configuration file.
#[derive(Args)]
pub struct GlobalOptions {
    /// Configuration file; the default is ./campanile.toml if it exists.
    #[arg(long, global = true, value_name = "FILE", env = "CAMPANILE_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of the database (store.data).
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Log filter, such as info or debug (log.filter).
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server.
    Serve {
        #[command(flatten)]
        listen: ListenOptions,
        /// Print the current value of every setting, with secrets masked, and exit.
        #[arg(long)]
        print_config: bool,
    },
    /// Start the server with a demo tenant: people, notifications, and a portal that embeds the bell.
    Demo {
        #[command(flatten)]
        listen: ListenOptions,
        /// Address the demo portal listens on.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
        portal: std::net::SocketAddr,
    },
    /// Write a complete, verified copy of the database to a file. The server may be running.
    Backup {
        /// The file to write. Only its owner can read it.
        file: PathBuf,
        /// Replace the file if it exists.
        #[arg(long)]
        force: bool,
    },
    /// Replace the database with a backup. No server may be running. The old database is kept next to it.
    Restore {
        /// The backup file.
        file: PathBuf,
    },
    /// Add, list and change tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Add people, let them sign in, and change their rights.
    #[command(subcommand)]
    Person(person::Command),
    /// Import and export people, objects and relations.
    #[command(subcommand)]
    Directory(directory::Command),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Command),
    /// Print the OpenAPI 3.1 document of the API.
    Openapi,
}

/// The server's addresses.
#[derive(Args)]
struct ListenOptions {
    /// Address to listen on (server.listen).
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<std::net::SocketAddr>,
    /// URL that people use (server.public_url).
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// The exit code for invalid settings (`EX_CONFIG` in sysexits.h). Restarting would not help.
const EX_CONFIG: u8 = 78;

/// The settings are invalid.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct ConfigError(#[from] Box<figment::Error>);

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    // Files that this process or SQLite creates are only for its own account.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If the error cannot be written, there is nothing else to do.
            let _ = writeln!(std::io::stderr(), "campanile: {failure}");
            if failure.is::<ConfigError>() { ExitCode::from(EX_CONFIG) } else { ExitCode::FAILURE }
        }
    }
}

fn run(line: CommandLine) -> Result<(), CliError> {
    let mut flags = Map::new();
    let mut set = |section: &str, name: &str, value: Option<Value>| {
        if let Some(value) = value {
            let section = flags.entry(section).or_insert_with(|| json!({}));
            section[name] = value;
        }
    };
    set("store", "data", line.settings.data.as_ref().map(|data| json!(data)));
    set("log", "filter", line.settings.log.as_ref().map(|filter| json!(filter)));
    if let Command::Serve { listen, .. } | Command::Demo { listen, .. } = &line.command {
        set("server", "listen", listen.listen.map(|address| json!(address)));
        set("server", "public_url", listen.public_url.as_ref().map(|url| json!(url)));
    }
    let config = Config::load(line.settings.config.as_ref(), flags).map_err(ConfigError)?;
    if let Command::Openapi = line.command {
        return print_line(&api::document().to_pretty_json()?);
    }
    if let Command::Serve { print_config: true, .. } = line.command {
        return print_line(config.to_masked_toml()?.trim_end());
    }
    // Dropped when this function ends: the log is written before `main` prints an error.
    let log = Log::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(security_log::with_origin(Origin::CommandLine(rustix::process::getuid().as_raw()), async {
        match line.command {
            Command::Serve { .. } => {
                let signals = ShutdownSignals::install()?;
                let running = serve::start(config).await?;
                let throttle = log.throttle();
                running.app.supervisor.spawn("log", move |_| throttle.clone().run_summaries());
                tracing::info!(address = %running.address, "listening");
                if let Some(admin) = running.admin_address {
                    tracing::info!(%admin, "listening for operators");
                }
                serve_until_signal(running, signals).await
            }
            Command::Demo { portal, .. } => demo::run(config, portal).await,
            Command::Backup { file, force } => backup::backup(&config, &file, force),
            Command::Restore { file } => backup::restore(&config, &file),
            Command::Tenant(command) => tenant::run(command, &open_for_command(&config)?).await,
            Command::Person(command) => person::run(command, &open_for_command(&config)?, &config).await,
            Command::Directory(command) => directory::run(command, &open_for_command(&config)?).await,
            Command::Key(command) => key::run(command, &open_for_command(&config)?).await,
            Command::Openapi => Ok(()),
        }
    }))
}
