//! The one thread that writes. It commits all waiting jobs together, so that they share one wait for the disk
//! (group commit). Callers get their result after the commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use campanile_domain::{Error, StoreEvent, StoreListener, ports::health::ThreadReport};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    Limits,
    audience_keys::KeyCache,
    checkpoints::Checkpoints,
    error::{Result, StoreError},
    search_index,
    size_quota::SizeQuota,
    threads::Thread,
};

/// The most jobs of one commit. It limits how long the first of them waits.
const MAX_BATCH: usize = 256;
/// How many notifications are indexed in one step.
pub const INDEX_BATCH: usize = 500;
/// How many pages of the search index are merged in one step: some hundred microseconds.
const MERGE_PAGES: u32 = 8;
/// The number of notifications after which a step is merged: often enough to keep up.
const MERGE_INTERVAL: usize = 64;
/// The most jobs that wait in the queue. Beyond that callers wait to enter it.
const QUEUE_CAPACITY: usize = 4_096;

/// What a job writes with.
pub struct WriteTransaction<'w> {
    /// The connection, inside a transaction.
    pub connection: &'w Connection,
    /// A cache of ids.
    pub key_cache: &'w mut KeyCache,
    /// The limits of one job.
    pub limits: Limits,
    space: Option<SizeQuota>,
    reserve_is_open: &'w mut bool,
    unindexed: &'w mut usize,
    unmerged: &'w mut usize,
    events: &'w mut Vec<StoreEvent>,
}

impl WriteTransaction<'_> {
    /// Opens the reserve of space until the commit, for work that frees space.
    pub fn open_reserve(&mut self) -> Result<()> {
        *self.reserve_is_open = true;
        self.space.map_or(Ok(()), |space| space.open_reserve(self.connection))
    }

    /// Counts a new notification. The search index is written once there are enough of them.
    pub fn index_later(&mut self) {
        *self.unindexed += 1;
        *self.unmerged += 1;
    }

    /// Notifies listeners of an event after the commit.
    pub fn notify(&mut self, news: StoreEvent) {
        self.events.push(news);
    }
}

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
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Box::new(job)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for WriteThread {
    /// Waits until everything accepted is written.
    fn drop(&mut self) {
        self.jobs = None;
        self.thread = None;
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".into())
}

/// Why a whole batch failed; each of its callers gets this error.
struct BatchFailure {
    full: bool,
    text: String,
}

impl BatchFailure {
    fn from_error(fault: &StoreError) -> Self {
        Self { full: fault.is_full(), text: fault.text() }
    }

    fn error(&self) -> Error {
        if self.full { Error::StorageFull } else { Error::Unavailable(self.text.clone().into()) }
    }
}

/// What a job needs.
#[derive(Clone, Copy)]
struct JobOptions {
    /// A savepoint, because it may fail after it wrote something.
    savepoint: bool,
    /// A commit that survives a power failure.
    durable: bool,
}

/// A job with any result type.
trait Job: Send {
    /// What it needs.
    fn care(&self) -> JobOptions;

    /// Runs the job; returns the error if it failed.
    fn run(&mut self, writing: &mut WriteTransaction<'_>) -> Option<&StoreError>;

    /// Sends the caller the result, or the error of the whole batch.
    fn answer(self: Box<Self>, loss: Option<&BatchFailure>);
}

struct Task<T, F> {
    care: JobOptions,
    work: Option<F>,
    result: Option<Result<T>>,
    answer: oneshot::Sender<campanile_domain::Result<T>>,
}

impl<T: Send, F: FnOnce(&mut WriteTransaction<'_>) -> Result<T> + Send> Job for Task<T, F> {
    fn care(&self) -> JobOptions {
        self.care
    }

    fn run(&mut self, writing: &mut WriteTransaction<'_>) -> Option<&StoreError> {
        let work = self.work.take()?;
        // A panic in one job must not end the thread.
        let result = catch_unwind(AssertUnwindSafe(|| work(writing)));
        let result = result.unwrap_or_else(|_| Err(StoreError::Internal("a write panicked".into())));
        self.result.insert(result).as_ref().err()
    }

    fn answer(self: Box<Self>, loss: Option<&BatchFailure>) {
        let result = match (self.result, loss) {
            // A job that failed before it wrote anything keeps its own error.
            (Some(Err(fault)), _) => Err(fault.into()),
            (_, Some(loss)) => Err(loss.error()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(stopped()),
        };
        // The caller may have gone away.
        self.answer.send(result).unwrap_or_default();
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
