//! The one thread that writes. It commits all waiting jobs together, so that they share one wait for the disk
//! (group commit). Callers get their result after the commit.

use std::sync::Arc;

use campanile_domain::{StoreEvent, StoreListener, ports::health::ThreadReport};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    checkpoints::Checkpoints,
    error::Result,
    key_cache::KeyCache,
    limits::Limits,
    search_index::{self, INDEX_BATCH, MERGE_INTERVAL, MERGE_PAGES},
    size_quota::SizeQuota,
    threads::Thread,
    write_job::{self, BatchFailure, Job, JobOptions, Task},
    write_transaction::WriteTransaction,
};

/// The most jobs of one commit. It limits how long the first of them waits.
const MAX_BATCH: usize = 256;
/// The most jobs that wait in the queue. Beyond that callers wait to enter it.
const QUEUE_CAPACITY: usize = 4_096;

/// The handle to the thread.
pub struct WriteThread {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<Thread>,
}

impl WriteThread {
    /// Starts the thread.
    pub fn start(
        connection: Connection,
        checkpoints: Checkpoints,
        live: Arc<dyn StoreListener>,
        limits: Limits,
        space: Option<SizeQuota>,
    ) -> std::io::Result<Self> {
        let (sender, mut receiver) = mpsc::channel(QUEUE_CAPACITY);
        let mut state = WriterState {
            connection,
            checkpoints,
            live,
            key_cache: KeyCache::default(),
            limits,
            space,
            reserve_is_open: false,
            durable: true,
            unindexed: 0,
            unmerged: 0,
            may_merge: true,
        };
        let thread = Thread::start("store-writer", move || state.run(&mut receiver))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// The state of the thread.
    pub fn report(&self) -> Option<ThreadReport> {
        self.thread.as_ref().map(Thread::report)
    }

    /// Runs work in a transaction and returns its result once it is durable. Work that fails is rolled back as
    /// a whole.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriteTransaction<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(JobOptions { savepoint: true, durable: true }, work).await
    }

    /// The same for work that checks everything before it writes. It needs no savepoint, for which SQLite would
    /// copy every page that is changed. If it fails after it wrote something, all jobs of the transaction fail.
    pub async fn write_without_savepoint<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriteTransaction<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(JobOptions { savepoint: false, durable: true }, work).await
    }

    /// The same as [`WriteThread::write`] for work that can be repeated after a power failure. Its commit does not
    /// wait for the disk, unless it contains other work that must be durable. It becomes durable with the next
    /// such commit.
    pub async fn write_relaxed<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriteTransaction<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(JobOptions { savepoint: true, durable: false }, work).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        care: JobOptions,
        work: impl FnOnce(&mut WriteTransaction<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Task { care, work: Some(work), result: None, answer };
        let jobs = self.jobs.as_ref().ok_or_else(write_job::stopped)?;
        jobs.send(Box::new(job)).await.map_err(|_| write_job::stopped())?;
        answered.await.map_err(|_| write_job::stopped())?
    }
}

impl Drop for WriteThread {
    /// Waits until everything accepted is written.
    fn drop(&mut self) {
        self.jobs = None;
        self.thread = None;
    }
}

/// The state of the thread.
struct WriterState {
    connection: Connection,
    checkpoints: Checkpoints,
    live: Arc<dyn StoreListener>,
    key_cache: KeyCache,
    limits: Limits,
    space: Option<SizeQuota>,
    reserve_is_open: bool,
    /// Whether commits wait for the disk.
    durable: bool,
    /// Notifications stored since the search index was last written.
    unindexed: usize,
    /// Notifications stored since it was last merged.
    unmerged: usize,
    /// Whether the search index may have segments to merge.
    may_merge: bool,
}

impl WriterState {
    fn run(&mut self, jobs: &mut mpsc::Receiver<Box<dyn Job>>) {
        // After a panic: rolls back what was not committed.
        self.undo();
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while let Some(first) = jobs.blocking_recv() {
            batch.push(first);
            // Takes only jobs that wait already. While a batch is committed, the next jobs arrive.
            while batch.len() < MAX_BATCH
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
            self.commit(&mut batch);
        }
    }

    fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        let mut news = Vec::new();
        let loss = self.transact(batch, &mut news).err().map(|fault| BatchFailure::from_error(&fault));
        if loss.is_some() {
            news.clear();
            self.undo();
        }
        if std::mem::take(&mut self.reserve_is_open)
            && let Some(space) = self.space
        {
            // After an error the next writes may use the reserve, and housekeeping closes it again.
            space.close_reserve(&self.connection).unwrap_or_default();
        }
        for job in batch.drain(..) {
            job.answer(loss.as_ref());
        }
        for news in news {
            self.live.on_event(news);
        }
        self.checkpoints.after_commit(&self.connection);
    }

    /// Rolls back the transaction and clears the cache.
    fn undo(&mut self) {
        self.key_cache = KeyCache::default();
        if !self.connection.is_autocommit() {
            // Fails only when SQLite has rolled back already.
            self.connection.execute_batch("ROLLBACK").unwrap_or_default();
        }
    }

    /// Runs all jobs in one transaction. A job that may fail after writing has its own savepoint, so that its
    /// failure rolls back only its own changes. An error means that the whole batch failed.
    fn transact(&mut self, batch: &mut [Box<dyn Job>], news: &mut Vec<StoreEvent>) -> Result<()> {
        self.set_synchronous(batch.iter().any(|job| job.care().durable))?;
        execute(&self.connection, "BEGIN IMMEDIATE")?;
        for job in batch {
            let notified = news.len();
            let savepoint = job.care().savepoint;
            let changes = self.connection.total_changes();
            if savepoint {
                execute(&self.connection, "SAVEPOINT job")?;
            }
            let mut writing = WriteTransaction {
                connection: &self.connection,
                key_cache: &mut self.key_cache,
                limits: self.limits,
                space: self.space,
                reserve_is_open: &mut self.reserve_is_open,
                unindexed: &mut self.unindexed,
                unmerged: &mut self.unmerged,
                events: news,
            };
            if let Some(loss) = job.run(&mut writing).map(BatchFailure::from_error) {
                if savepoint {
                    self.roll_back_job(&loss)?;
                } else if self.connection.total_changes() != changes || self.connection.is_autocommit() {
                    return Err(loss.error().into());
                }
                news.truncate(notified);
            }
            if savepoint {
                execute(&self.connection, "RELEASE job")?;
            }
        }
        self.index()?;
        Ok(execute(&self.connection, "COMMIT")?)
    }

    /// Sets whether commits wait for the disk.
    fn set_synchronous(&mut self, durable: bool) -> Result<()> {
        if self.durable != durable {
            self.connection.pragma_update(None, "synchronous", if durable { "full" } else { "normal" })?;
            self.durable = durable;
        }
        Ok(())
    }

    /// Writes the search index when enough notifications wait for it, or else merges a part of it. A failure,
    /// for example a full disk, must not affect the notifications.
    fn index(&mut self) -> Result<()> {
        let write = if self.unindexed >= INDEX_BATCH {
            (self.unindexed, self.may_merge) = (0, true);
            |connection: &Connection| search_index::index(connection, INDEX_BATCH).map(|_| true)
        } else if self.may_merge && self.unmerged >= MERGE_INTERVAL {
            self.unmerged = 0;
            |connection: &Connection| search_index::merge(connection, MERGE_PAGES)
        } else {
            return Ok(());
        };
        execute(&self.connection, "SAVEPOINT job")?;
        // The index writes its buffered changes when the savepoint is released.
        let written = write(&self.connection).and_then(|more| Ok(execute(&self.connection, "RELEASE job").map(|()| more)?));
        match written {
            Ok(more) => self.may_merge = more,
            Err(fault) => {
                self.may_merge = false;
                self.roll_back_job(&BatchFailure::from_error(&fault))?;
                execute(&self.connection, "RELEASE job")?;
            }
        }
        Ok(())
    }

    /// Rolls back to the savepoint. An error means that the whole batch is lost: some errors, such as a full
    /// disk, make SQLite roll back the transaction.
    fn roll_back_job(&mut self, loss: &BatchFailure) -> Result<()> {
        if self.connection.is_autocommit() {
            return Err(loss.error().into());
        }
        self.key_cache = KeyCache::default();
        Ok(execute(&self.connection, "ROLLBACK TO job")?)
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
