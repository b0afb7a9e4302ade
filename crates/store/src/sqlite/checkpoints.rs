//! Copying the write-ahead log into the database (a checkpoint) beside the writer instead of in it.
//!
//! A checkpoint is thousands of pages and two waits for the disk; done by the writer, everybody
//! whose commit comes next waits for it. So a thread of its own copies what the log holds while
//! commits go on, and the writer copies only what was added meanwhile: the log can begin anew only
//! when all of it is copied, which under a steady load no other connection ever sees.
//!
//! When nobody has written for some seconds, this process or another, the log is copied wholly and cut: then the
//! database is one file, and a plain copy of that file is whole.

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
    connection::{self, PATIENCE},
    fault::Result,
    opening::log_of,
    threads::{Thread, Watch},
};

/// From so many pages on (4 KiB each) the log is copied.
const LOG_PAGES: u32 = 4_000;

/// How long nobody must have written before the log is cut.
const QUIET: Duration = Duration::from_secs(2);
/// How long whoever writes next may have to wait for that.
const SHORT: Duration = Duration::from_millis(20);

/// The thread, and how long the log is.
pub struct Checkpoints {
    orders: Option<SyncSender<()>>,
    thread: Option<Thread>,
    pages: Arc<AtomicU32>,
    /// The thread has copied what there was when it began.
    copied: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread, and has the connection that writes tell the length of its log instead of
    /// copying it by itself.
    pub fn start(path: &Path, writing: &mut Connection) -> Result<Self> {
        let pages = Arc::new(AtomicU32::new(0));
        let told = Arc::clone(&pages);
        writing.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, length| {
            told.store(u32::try_from(length).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        let copying = connection::copying(path)?;
        // One order may wait: more of them would say nothing new.
        let (orders, received) = sync_channel(1);
        let copied = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&copied);
        let log = log_of(path);
        let thread = Thread::start("store-log", move || work(&copying, &log, &received, &done));
        let thread = thread.map_err(|error| Error::Unavailable(error.into()))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), pages, copied })
    }

    /// What shows how the thread is.
    pub fn watch(&self) -> Option<Watch> {
        self.thread.as_ref().map(Thread::watch)
    }

    /// To be called after each commit, with the connection that wrote.
    pub fn after_commit(&self, writing: &Connection) {
        if self.pages.load(Ordering::Relaxed) < LOG_PAGES {
            return;
        }
        if self.copied.swap(false, Ordering::AcqRel) {
            copy(writing);
        } else if let Some(orders) = &self.orders {
            // An order is waiting already.
            orders.try_send(()).unwrap_or_default();
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.orders = None;
        self.thread = None;
    }
}

fn work(connection: &Connection, log: &Path, orders: &Receiver<()>, copied: &AtomicBool) {
    let mut before = None;
    loop {
        match orders.recv_timeout(QUIET) {
            // The writer has not finished the last one yet.
            Ok(()) if copied.load(Ordering::Acquire) => {}
            Ok(()) => {
                copy(connection);
                copied.store(true, Ordering::Release);
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = state(log);
                if now.is_some() && now == before {
                    cut(connection);
                }
                before = now;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// How long the log is and when it was last written; `None` when it is empty.
fn state(log: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(log).ok().filter(|metadata| metadata.len() > 0)?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Copies the whole log and cuts it, unless somebody reads from it or writes just now: then another time. Whether it did.
pub fn cut(connection: &Connection) -> bool {
    let cut = connection.busy_timeout(SHORT).and_then(|()| checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
    connection.busy_timeout(PATIENCE).unwrap_or_default();
    complain(&cut);
    cut.unwrap_or_default()
}

/// Copies as much of the log as no reader still needs as it is, without waiting for anybody. What
/// fails is tried again with a later commit: until then the log grows, and nothing is lost.
fn copy(connection: &Connection) {
    complain(&checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)"));
}

/// Whether nobody was in the way.
fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<bool> {
    connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, bool>(0)).map(|busy| !busy)
}

/// Logs what fails for another reason than that somebody was busy.
fn complain(copied: &rusqlite::Result<bool>) {
    if let Err(error) = copied
        && error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
    {
        tracing::error!(%error, "the write-ahead log cannot be copied into the database; it grows until it can");
    }
}
