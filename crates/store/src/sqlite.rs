//! The SQLite adapter: one file, one thread that writes and a few that read.
//!
//! This module opens the file. [`ports`] decides which call reads and which writes; the other modules do the work.

mod api_keys;
mod arrivals;
mod audience;
mod audience_keys;
mod audience_when_sent;
mod backup;
mod change_matching;
mod checkpoints;
mod columns;
mod components;
mod connection;
mod correct;
mod database_paths;
mod deletion_time;
mod deliveries;
mod delivery_outcomes;
mod delivery_queue;
mod delivery_report;
mod directory;
mod disabled_people;
mod disabled_urls;
mod error;
mod external_commits;
mod file_checks;
mod file_copy;
mod file_error;
mod generation;
mod grants;
mod housekeeping;
mod idempotency;
mod inbox;
mod key_cache;
mod known_browsers;
mod last_administrator;
mod leases;
mod limits;
mod mailings;
mod members;
mod migrations;
mod name_set;
mod notifications;
mod notifications_read;
mod options;
mod page_budget;
mod pagination;
mod passwords;
mod people;
mod person_columns;
mod person_lookup;
mod ports;
mod preferences;
mod query_timeout;
mod read_pool;
mod recall;
mod recipients;
mod redelivery;
mod relations;
mod roles;
mod saved_drafts;
mod scheduled;
mod search_catch_up;
mod search_index;
mod search_query;
mod search_unindexed;
mod server_lock;
mod size_quota;
mod tenants;
mod threads;
mod tickets;
mod timeouts;
mod tokens;
mod volume;
mod webhooks;
mod withdrawal;
mod write_job;
mod write_thread;
mod write_transaction;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use campanile_domain::{Error, Result, StoreListener};

pub use self::{
    backup::{backup, restore},
    file_copy::CopySummary,
    file_error::FileError,
    limits::Limits,
    options::Options,
    server_lock::{Locked, ServerLock},
    timeouts::Timeouts,
};
use self::{
    checkpoints::Checkpoints, error::StoreError, external_commits::ExternalCommits, file_checks::FileState, leases::Leases,
    read_pool::ReadPool, size_quota::SizeQuota, write_thread::WriteThread,
};

/// A database file. Dropping it waits until everything accepted is written.
pub struct Sqlite {
    read_pool: ReadPool,
    writer: WriteThread,
    leases: Leases,
    checkpoint_thread: Option<threads::ThreadMonitor>,
    external_commits: Arc<ExternalCommits>,
    /// Dropped last: until then no other process may serve the file.
    _serving: Option<ServingGuard>,
}

/// The right to serve the file. Dropping it records that the server ended in order.
struct ServingGuard {
    path: PathBuf,
    lock: ServerLock,
}

impl Drop for ServingGuard {
    fn drop(&mut self) {
        generation::stop_serving(&self.path, &mut self.lock);
    }
}

impl Sqlite {
    /// Opens the file or creates it, and migrates its schema. Other processes may have it open too; `live` is
    /// notified of the commits of this process.
    pub fn open(path: &Path, options: Options, live: Arc<dyn StoreListener>) -> Result<Self> {
        Self::open_as(path, options, live, None)
    }

    /// The same for the one process that serves the file, until this is dropped.
    pub fn serve(path: &Path, options: Options, live: Arc<dyn StoreListener>, lock: ServerLock) -> Result<Self> {
        Self::open_as(path, options, live, Some(lock))
    }

    fn open_as(path: &Path, options: Options, live: Arc<dyn StoreListener>, lock: Option<ServerLock>) -> Result<Self> {
        let explained = |fault: StoreError| FileError::from_sqlite(&fault, path);
        if file_checks::inspect(path)? == FileState::Nothing {
            let mut connection = connection::create(path).map_err(explained)?;
            migrations::run(&mut connection).map_err(explained)?;
        }
        let mut connection = connection::open_writer(path).map_err(explained)?;
        file_checks::check_schema(&connection, path)?;
        if migrations::run(&mut connection).map_err(explained)? {
            // So that a plain copy of the file has the new schema at once.
            checkpoints::truncate(&connection);
        }
        generation::create_if_absent(&connection)?;
        let lock = lock.map(|mut lock| generation::start_serving(&connection, path, &mut lock).map(|()| lock)).transpose()?;
        let space = options.max_bytes.map(|bytes| SizeQuota::new(&connection, bytes)).transpose()?;
        if let Some(space) = space {
            space.close_reserve(&connection)?;
        }
        let elsewhere = Arc::new(ExternalCommits::new(&connection)?);
        let checkpoints = Checkpoints::start(path, &mut connection)?;
        let log = checkpoints.watch();
        let writer =
            WriteThread::start(connection, checkpoints, live, options.limits, space).map_err(|error| Error::Unavailable(error.into()))?;
        let readers = ReadPool::start(path, options.reader_threads, options.timeouts)?;
        Ok(Self {
            read_pool: readers,
            writer,
            leases: Leases::default(),
            checkpoint_thread: log,
            external_commits: elsewhere,
            _serving: lock.map(|lock| ServingGuard { path: path.to_owned(), lock }),
        })
    }
}
