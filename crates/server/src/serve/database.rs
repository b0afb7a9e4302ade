//! Opens and locks the database in the data folder, and builds the use cases on it.

use std::sync::Arc;

use campanile_domain::{Campanile, Clock, Random, Store, StoreListener, SystemClock, SystemRandom, ports::store_events::NoListener};
use campanile_store::{FileError, Locked, Options, ServerLock, Sqlite};

use super::error::StartError;
use crate::{
    channels_from_config,
    config::Config,
    data_folder::{self, ExposedPath},
    dialects,
};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "campanile.db";

/// The use cases on the store without serving it, for commands.
pub fn open_for_command(config: &Config) -> Result<Campanile, StartError> {
    let store = open_store(config, Arc::new(NoListener), None)?;
    let campanile = use_cases(config, store, Arc::new(SystemClock), Arc::new(SystemRandom))?;
    warn_if_readable(config);
    Ok(campanile)
}

/// Takes the lock that lets one process serve or replace the database.
pub fn lock_database(config: &Config) -> Result<ServerLock, StartError> {
    let data = &config.store.data;
    let folder = || data.display().to_string();
    data_folder::create(data).map_err(|cause| StartError::Store { folder: folder(), cause: FileError::from_io(&cause, data).into() })?;
    ServerLock::take(&data.join(DATABASE_FILE)).map_err(|locked| match locked {
        Locked::By(process) => {
            StartError::AlreadyServed { folder: folder(), process: process.map(|id| format!(" (process {id})")).unwrap_or_default() }
        }
        Locked::Failed(path, error) => StartError::Store { folder: folder(), cause: FileError::from_io(&error, &path).into() },
    })
}

/// Opens the store. With a lock, it is served.
pub fn open_store(config: &Config, listener: Arc<dyn StoreListener>, lock: Option<ServerLock>) -> Result<Arc<dyn Store>, StartError> {
    let data = &config.store.data;
    let failed = |cause| StartError::Store { folder: data.display().to_string(), cause };
    let unavailable = |cause: std::io::Error| failed(FileError::from_io(&cause, data).into());
    data_folder::create(data).map_err(unavailable)?;
    let max_bytes = Some(config.store.max_size).filter(|size| *size > 0).map(|size| size * 1024 * 1024);
    let (path, options) = (data.join(DATABASE_FILE), Options { max_bytes, ..Options::default() });
    let store = match lock {
        Some(lock) => Sqlite::serve(&path, options, listener, lock),
        None => Sqlite::open(&path, options, listener),
    };
    let store = store.map_err(failed)?;
    // Checked last: an error that keeps the database from opening is more important.
    if let Some(exposed) = data_folder::find_exposed(data).map_err(unavailable)?.filter(ExposedPath::is_writable) {
        return Err(StartError::ExposedFolder(exposed.advice()));
    }
    Ok(Arc::new(store))
}

/// The use cases on a store, with the channels of the settings.
pub fn use_cases(config: &Config, store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Campanile, StartError> {
    let channels = channels_from_config::channels(config, &clock)?;
    Ok(Campanile::new(store, clock, random).with_channels(channels, dialects::payload_formats()))
}

/// Logs a warning when other users of the machine can read the data.
pub fn warn_if_readable(config: &Config) {
    if let Ok(Some(exposed)) = data_folder::find_exposed(&config.store.data) {
        tracing::warn!("{}", exposed.advice());
    }
}
