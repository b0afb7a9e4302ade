//! `campanile backup` and `campanile restore`

use std::path::{Path, PathBuf};

use campanile_domain::{
    Clock, SystemClock,
    security_log::{Entry, event::SecurityEvent},
};

use super::output::{CliError, print_line};
use crate::{
    config::Config,
    serve::{
        StartError,
        database::{DATABASE_FILE, lock_database},
    },
};

/// Writes a backup of the database. A server may be running.
pub fn backup(config: &Config, file: &Path, replace: bool) -> Result<(), CliError> {
    let copied = campanile_store::backup(&config.store.data.join(DATABASE_FILE), file, replace)?;
    Entry::new(SecurityEvent::Export).subject(&file.display().to_string()).detail("backup").done();
    print_line(&format!("{}: {} notifications, {} bytes, checked", file.display(), copied.notifications, copied.bytes))
}

/// Replaces the database with a backup. No server may be running.
pub fn restore(config: &Config, file: &Path) -> Result<(), CliError> {
    let database = config.store.data.join(DATABASE_FILE);
    // Held until the end, so that no server starts meanwhile.
    let _server_lock = match lock_database(config) {
        Err(StartError::AlreadyServed { process, .. }) => {
            return Err(format!("a server{process} uses {}; stop it first", database.display()).into());
        }
        lock => lock?,
    };
    let suffix = SystemClock.now().format(".before-restore-%Y%m%d-%H%M%S").to_string();
    let (copied, kept) = campanile_store::restore(file, &database, &suffix)?;
    Entry::new(SecurityEvent::Import).subject(&file.display().to_string()).detail("restore").done();
    let kept = kept.map(|kept: PathBuf| format!("; the old database is kept as {}", kept.display())).unwrap_or_default();
    print_line(&format!("{}: {} notifications restored{kept}", database.display(), copied.notifications))
}
