//! Checkpoints: copies the write-ahead log into the database, on a thread of its own.
//!
//! A checkpoint copies thousands of pages and waits for the disk twice. In the write thread, it would delay all
//! commits that come next. The checkpoint thread copies what the log holds while commits go on, and the write
//! thread only copies what was added since. It must do so itself: the log can restart only when all of it is
//! copied, and under a steady load no other connection sees that state.
//!
//! When no process has written for some seconds, the whole log is copied and truncated. Then a plain copy of
//! the database file is complete.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::{Duration, SystemTime},
};

use campanile_domain::Error;
use rusqlite::Connection;

use super::{
    connection::{self, BUSY_TIMEOUT},
    database_paths::wal_path,
    error::Result,
    threads::{Thread, ThreadMonitor},
};

/// The length of the log, in pages of 4 KiB, from which on it is copied.
const CHECKPOINT_PAGES: u32 = 4_000;

/// How long no process must have written before the log is truncated.
const IDLE_BEFORE_TRUNCATE: Duration = Duration::from_secs(2);
/// How long the next write may have to wait for that.
const TRUNCATE_TIMEOUT: Duration = Duration::from_millis(20);

/// The checkpoint thread and the length of the log.
pub struct Checkpoints {
    requests: Option<SyncSender<()>>,
    thread: Option<Thread>,
    log_pages: Arc<AtomicU32>,
    /// Whether the thread has copied what the log held when it started.
    copied: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread. The connection that writes reports the length of its log and makes no checkpoints by
    /// itself.
    pub fn start(path: &Path, writing: &mut Connection) -> Result<Self> {
        let pages = Arc::new(AtomicU32::new(0));
        let reported = Arc::clone(&pages);
        writing.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, length| {
            reported.store(u32::try_from(length).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        let copying = connection::open_checkpointer(path)?;
        // One waiting request is enough.
        let (orders, received) = sync_channel(1);
        let copied = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&copied);
        let log = wal_path(path);
        let thread = Thread::start("store-log", move || run(&copying, &log, &received, &done));
        let thread = thread.map_err(|error| Error::Unavailable(error.into()))?;
        Ok(Self { requests: Some(orders), thread: Some(thread), log_pages: pages, copied })
    }

    /// The monitor of the thread.
    pub fn watch(&self) -> Option<ThreadMonitor> {
        self.thread.as_ref().map(Thread::monitor)
    }

    /// Must be called after each commit, with the connection that wrote.
    pub fn after_commit(&self, writing: &Connection) {
        if self.log_pages.load(Ordering::Relaxed) < CHECKPOINT_PAGES {
            return;
        }
        if self.copied.swap(false, Ordering::AcqRel) {
            checkpoint_passively(writing);
        } else if let Some(orders) = &self.requests {
            // A request is waiting already.
            orders.try_send(()).unwrap_or_default();
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.requests = None;
        self.thread = None;
    }
}

fn run(connection: &Connection, log: &Path, orders: &Receiver<()>, copied: &AtomicBool) {
    let mut before = None;
    loop {
        match orders.recv_timeout(IDLE_BEFORE_TRUNCATE) {
            // The write thread has not finished the last checkpoint yet.
            Ok(()) if copied.load(Ordering::Acquire) => {}
            Ok(()) => {
                checkpoint_passively(connection);
                copied.store(true, Ordering::Release);
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = log_state(log);
                if now.is_some() && now == before {
                    truncate(connection);
                }
                before = now;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The length of the log and when it was last written; `None` when it is empty.
fn log_state(log: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(log).ok().filter(|metadata| metadata.len() > 0)?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Copies the whole log and truncates it, unless another connection reads or writes at the moment. Returns
/// whether it did.
pub fn truncate(connection: &Connection) -> bool {
    let cut = connection.busy_timeout(TRUNCATE_TIMEOUT).and_then(|()| checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
    connection.busy_timeout(BUSY_TIMEOUT).unwrap_or_default();
    log_error(&cut);
    cut.unwrap_or_default()
}

/// Copies as much of the log as no reader needs any more, and waits for no one. After an error a later commit
/// tries again; the log grows until then and nothing is lost.
fn checkpoint_passively(connection: &Connection) {
    log_error(&checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)"));
}

/// Runs a checkpoint; false when another connection was in the way.
fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<bool> {
    connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, bool>(0)).map(|busy| !busy)
}

/// Logs any error except a busy database.
fn log_error(copied: &rusqlite::Result<bool>) {
    if let Err(error) = copied
        && error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
    {
        tracing::error!(%error, "the write-ahead log cannot be copied into the database; it grows until that succeeds");
    }
}
