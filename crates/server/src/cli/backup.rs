//! `campanile backup` and `campanile restore`

use std::path::{Path, PathBuf};

use campanile_domain::{
    Clock, SystemClock,
    security_log::{Entry, Event},
};

use super::{Failure, say};
use crate::{
    config::Config,
    serve::{self, DATABASE, StartError},
};

/// Writes a backup of the database. A server may be running.
pub fn backup(config: &Config, file: &Path, replace: bool) -> Result<(), Failure> {
    let copied = campanile_store::backup(&config.store.data.join(DATABASE), file, replace)?;
    Entry::new(Event::Export).subject(&file.display().to_string()).detail("backup").done();
    say(&format!("{}: {} notifications, {} bytes, checked", file.display(), copied.notifications, copied.bytes))
}

/// Replaces the database with a backup. No server may be running.
pub fn restore(config: &Config, file: &Path) -> Result<(), Failure> {
    let database = config.store.data.join(DATABASE);
    // Held until the end, so that no server starts meanwhile.
    let _nobody_serves = match serve::lock(config) {
        Err(StartError::Taken { process, .. }) => {
            return Err(format!("a server{process} uses {}; stop it first", database.display()).into());
        }
        lock => lock?,
    };
    let suffix = SystemClock.now().format(".before-restore-%Y%m%d-%H%M%S").to_string();
    let (copied, kept) = campanile_store::restore(file, &database, &suffix)?;
    Entry::new(Event::Import).subject(&file.display().to_string()).detail("restore").done();
    let kept = kept.map(|kept: PathBuf| format!("; the old database is kept as {}", kept.display())).unwrap_or_default();
    say(&format!("{}: {} notifications restored{kept}", database.display(), copied.notifications))
}
