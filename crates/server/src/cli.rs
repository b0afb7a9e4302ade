//! The command line: what can be said, and what each word does.

mod backup;
mod directory;
mod key;
mod person;
mod signals;
mod tenant;

use std::{io::Write, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use campanile_domain::{
    Campanile, Tenant,
    live::Unheard,
    security_log::{self, Origin},
};
use clap::{Args, Parser, Subcommand};
use serde_json::{Map, Value, json};

pub use self::signals::Signals;
use crate::{api, config::Config, demo, log::Log, serve, service_manager};

/// One place for every notification your administrators should see.
#[derive(Parser)]
#[command(name = "campanile", version, about, propagate_version = true)]
struct Line {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command knows. The rest is in the configuration file.
#[derive(Args)]
pub struct Settings {
    /// Configuration file; without it ./campanile.toml, when it is there.
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
        listen: Listen,
        /// Print every setting as it is in force, secrets masked, and end.
        #[arg(long)]
        print_config: bool,
    },
    /// Start the server with a tenant to try out: people, notifications, a portal that embeds the bell.
    Demo {
        #[command(flatten)]
        listen: Listen,
        /// Where the sample portal listens.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
        portal: std::net::SocketAddr,
    },
    /// Write a whole and checked copy of the database to a file, also while the server runs.
    Backup {
        /// The file to write, which only its owner may read.
        file: PathBuf,
        /// Replace the file if it is there.
        #[arg(long)]
        force: bool,
    },
    /// Put a backup in the place of the database, while no server runs. What was there is kept beside it.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Add, list and change tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Add people, let them sign in, change what they may do.
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

/// Where the server is found.
#[derive(Args)]
struct Listen {
    /// Address to listen on (server.listen).
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<std::net::SocketAddr>,
    /// URL people use (server.public_url).
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// What makes a command fail: one line that says what to do.
pub type Failure = Box<dyn std::error::Error>;

/// The exit code when the settings cannot be used (`EX_CONFIG` of sysexits.h): to start again would not help.
const BAD_SETTINGS: u8 = 78;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct BadSettings(#[from] Box<figment::Error>);

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let line = Line::parse();
    // Whatever this process makes, and SQLite for it, is for its own account.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to do when even the error cannot be written.
            let _ = writeln!(std::io::stderr(), "campanile: {failure}");
            if failure.is::<BadSettings>() { ExitCode::from(BAD_SETTINGS) } else { ExitCode::FAILURE }
        }
    }
}

fn run(line: Line) -> Result<(), Failure> {
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
    let config = Config::load(line.settings.config.as_ref(), flags).map_err(BadSettings)?;
    if let Command::Openapi = line.command {
        return say(&api::document().to_pretty_json()?);
    }
    if let Command::Serve { print_config: true, .. } = line.command {
        return say(config.print()?.trim_end());
    }
    // Written to its end when this function ends, and before main says what failed.
    let log = Log::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(security_log::from(Origin::CommandLine(rustix::process::getuid().as_raw()), async {
        match line.command {
            Command::Serve { .. } => {
                let signals = Signals::catch()?;
                let running = serve::start(config).await?;
                let throttle = log.throttle();
                running.app.supervisor.spawn("log", move |_| throttle.clone().summaries());
                tracing::info!(address = %running.address, "listening");
                if let Some(admin) = running.admin_address {
                    tracing::info!(%admin, "answering those who run the server");
                }
                until_signal(running, signals).await
            }
            Command::Demo { portal, .. } => demo::run(config, portal).await,
            Command::Backup { file, force } => backup::backup(&config, &file, force),
            Command::Restore { file } => backup::restore(&config, &file),
            Command::Tenant(command) => tenant::run(command, &open(&config)?).await,
            Command::Person(command) => person::run(command, &open(&config)?, &config).await,
            Command::Directory(command) => directory::run(command, &open(&config)?).await,
            Command::Key(command) => key::run(command, &open(&config)?).await,
            Command::Openapi => Ok(()),
        }
    }))
}

/// How long the server has to end once it was asked to.
const LONGEST_END: Duration = Duration::from_secs(10);

/// Ends the process as it is, with exit code 1: what was answered is stored, and what is being delivered is tried
/// again by the next server.
fn end_at_once(why: &str) -> ! {
    tracing::warn!(why, "ending at once");
    std::process::exit(1)
}

/// Serves until the process is asked to end (Ctrl-C or SIGTERM). Then requests in flight are finished, for
/// at most ten seconds or until it is asked once more.
pub async fn until_signal(running: serve::Running, mut signals: Signals) -> Result<(), Failure> {
    service_manager::tell(&format!("READY=1\nSTATUS=Listening on {}", running.address));
    if let Some(period) = service_manager::watchdog_period() {
        running.app.supervisor.spawn("watchdog", move |_| service_manager::watchdog(period));
    }
    signals.asked_to_end().await;
    tracing::info!("stopping");
    service_manager::tell("STOPPING=1");
    // A thread of its own: it ends the process whatever else hangs, also after the server.
    std::thread::spawn(|| {
        std::thread::sleep(LONGEST_END);
        end_at_once("the server did not end in time");
    });
    tokio::select! {
        () = running.stop() => Ok(()),
        () = signals.asked_to_end() => end_at_once("asked once more"),
    }
}

fn open(config: &Config) -> Result<Campanile, Failure> {
    Ok(serve::open(config, Arc::new(Unheard))?)
}

/// Prints a line for whoever called, or the next program.
pub fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// The tenant of a name, or a failure that says how to get one.
async fn tenant(campanile: &Campanile, name: &str) -> Result<Tenant, Failure> {
    let found = campanile.store().tenant(name).await?;
    found.ok_or_else(|| format!("there is no tenant {name}; add it with: campanile tenant add {name}").into())
}

/// An error of adding something, with a hint when its name is taken.
fn taken(error: campanile_domain::Error, what: &str) -> Failure {
    match error {
        campanile_domain::Error::Exists => format!("there is already {what}; choose another name").into(),
        error => error.into(),
    }
}
