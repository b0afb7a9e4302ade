//! Copying the write-ahead log into the database (a checkpoint) beside the writer instead of in it.
//!
//! A checkpoint is thousands of pages and two waits for the disk; done by the writer, everybody
//! whose commit comes next waits for it. So a thread of its own copies what the log holds while
//! commits go on, and the writer copies only what was added meanwhile: the log can begin anew only
//! when all of it is copied, which under a steady load no other connection ever sees.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use campanile_domain::Error;
use rusqlite::Connection;

use super::{connection, fault::Result};

/// From so many pages on (4 KiB each) the log is copied.
const LOG_PAGES: u32 = 4_000;

/// The thread, and how long the log is.
pub struct Checkpoints {
    orders: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
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
        let builder = thread::Builder::new().name("store-log".into());
        let thread = builder.spawn(move || work(&copying, &received, &done)).map_err(|error| Error::Unavailable(error.into()))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), pages, copied })
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
        if let Some(thread) = self.thread.take() {
            // A panic has been reported by its own thread.
            thread.join().unwrap_or_default();
        }
    }
}

fn work(connection: &Connection, orders: &Receiver<()>, copied: &AtomicBool) {
    while orders.recv().is_ok() {
        // The writer has not finished the last one yet.
        if !copied.load(Ordering::Acquire) {
            copy(connection);
            copied.store(true, Ordering::Release);
        }
    }
}

/// Copies as much of the log as no reader still needs as it is, without waiting for anybody. What
/// fails is tried again with a later commit: until then the log grows, and nothing is lost.
fn copy(connection: &Connection) {
    let copied = connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)").and_then(|mut statement| statement.query_row([], |_| Ok(())));
    copied.unwrap_or_default();
}
