//! The one thread that writes. It commits whatever is waiting together, so that the wait for the
//! disk is shared (group commit), and answers only after the commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use campanile_domain::{Committed, Error, Live, store::ThreadReport};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    Limits,
    checkpoints::Checkpoints,
    fault::{Fault, Result},
    keys::KnownKeys,
    search,
    space::Space,
    threads::Thread,
};

/// The most jobs of one commit: bounds how long the first of them waits.
const LARGEST_BATCH: usize = 256;
/// How many notifications are put into the search index at once.
pub const INDEXED_AT_ONCE: usize = 500;
/// How many pages of the search index are merged at once: some hundred microseconds.
const MERGED_AT_ONCE: u32 = 8;
/// After how many notifications that is done: often enough to keep up with what they add.
const MERGED_EVERY: usize = 64;
/// The most jobs that wait; beyond that callers wait before they may join.
const LONGEST_QUEUE: usize = 4_096;

/// What a job writes with.
pub struct Writing<'w> {
    /// The connection, inside a transaction.
    pub connection: &'w Connection,
    /// Ids that were looked up before.
    pub known: &'w mut KnownKeys,
    /// How much one job may do.
    pub limits: Limits,
    space: Option<Space>,
    reserve_is_open: &'w mut bool,
    unindexed: &'w mut usize,
    unmerged: &'w mut usize,
    news: &'w mut Vec<Committed>,
}

impl Writing<'_> {
    /// Gives the reserve of space free until the commit: for what makes room.
    pub fn open_reserve(&mut self) -> Result<()> {
        *self.reserve_is_open = true;
        self.space.map_or(Ok(()), |space| space.open(self.connection))
    }

    /// Has the search index written once enough notifications are waiting for it.
    pub fn index_later(&mut self) {
        *self.unindexed += 1;
        *self.unmerged += 1;
    }

    /// Tells this after the commit.
    pub fn tell(&mut self, news: Committed) {
        self.news.push(news);
    }
}

/// The handle to the thread.
pub struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<Thread>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        connection: Connection,
        checkpoints: Checkpoints,
        live: Arc<dyn Live>,
        limits: Limits,
        space: Option<Space>,
    ) -> std::io::Result<Self> {
        let (sender, mut receiver) = mpsc::channel(LONGEST_QUEUE);
        let mut desk = Desk {
            connection,
            checkpoints,
            live,
            known: KnownKeys::default(),
            limits,
            space,
            reserve_is_open: false,
            durable: true,
            unindexed: 0,
            unmerged: 0,
            merging: true,
        };
        let thread = Thread::start("store-writer", move || desk.work(&mut receiver))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// How the thread is.
    pub fn report(&self) -> Option<ThreadReport> {
        self.thread.as_ref().map(Thread::report)
    }

    /// Does the work in a transaction and returns its result once that is durable. The work is
    /// undone as a whole when it fails.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(Care { savepoint: true, durable: true }, work).await
    }

    /// The same for work that refuses before it writes, if it refuses at all. It needs no savepoint,
    /// for each of which SQLite copies every page that is changed; should it fail half-way all the
    /// same, everybody's work in the transaction fails with it.
    pub async fn write_checked<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(Care { savepoint: false, durable: true }, work).await
    }

    /// As [`Writer::write`] does, for work that is simply done again should the power fail: its commit does not wait for
    /// the disk, unless it shares it with work that must. It is durable with the next that does.
    pub async fn write_lightly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.enqueue(Care { savepoint: true, durable: false }, work).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        care: Care,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Task { care, work: Some(work), result: None, answer };
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Box::new(job)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    /// Waits until everything accepted is written.
    fn drop(&mut self) {
        self.jobs = None;
        self.thread = None;
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".into())
}

/// Why a whole batch is lost, told to each of its callers.
struct Loss {
    full: bool,
    text: String,
}

impl Loss {
    fn of(fault: &Fault) -> Self {
        Self { full: fault.is_full(), text: fault.text() }
    }

    fn error(&self) -> Error {
        if self.full { Error::Full } else { Error::Unavailable(self.text.clone().into()) }
    }
}

/// What a job needs.
#[derive(Clone, Copy)]
struct Care {
    /// A savepoint, because it may write and then refuse.
    savepoint: bool,
    /// A commit that survives the loss of power.
    durable: bool,
}

/// A job of any result type.
trait Job: Send {
    /// What it needs.
    fn care(&self) -> Care;

    /// Does the work; the fault when it failed.
    fn run(&mut self, writing: &mut Writing<'_>) -> Option<&Fault>;

    /// Answers the caller: with the result, or with the loss of the whole batch.
    fn answer(self: Box<Self>, loss: Option<&Loss>);
}

struct Task<T, F> {
    care: Care,
    work: Option<F>,
    result: Option<Result<T>>,
    answer: oneshot::Sender<campanile_domain::Result<T>>,
}

impl<T: Send, F: FnOnce(&mut Writing<'_>) -> Result<T> + Send> Job for Task<T, F> {
    fn care(&self) -> Care {
        self.care
    }

    fn run(&mut self, writing: &mut Writing<'_>) -> Option<&Fault> {
        let work = self.work.take()?;
        // A fault in one job must not end the thread that all others depend on.
        let result = catch_unwind(AssertUnwindSafe(|| work(writing)));
        let result = result.unwrap_or_else(|_| Err(Fault::Stored("a write panicked".into())));
        self.result.insert(result).as_ref().err()
    }

    fn answer(self: Box<Self>, loss: Option<&Loss>) {
        let result = match (self.result, loss) {
            // What was refused before anything was written stays refused for its own reason.
            (Some(Err(fault)), _) => Err(fault.into()),
            (_, Some(loss)) => Err(loss.error()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(stopped()),
        };
        // Nobody listens any more when the caller went away.
        self.answer.send(result).unwrap_or_default();
    }
}

/// What the thread has before it.
struct Desk {
    connection: Connection,
    checkpoints: Checkpoints,
    live: Arc<dyn Live>,
    known: KnownKeys,
    limits: Limits,
    space: Option<Space>,
    reserve_is_open: bool,
    /// Whether commits wait for the disk.
    durable: bool,
    /// Notifications stored since the search index was written.
    unindexed: usize,
    /// Notifications stored since a part of it was merged.
    unmerged: usize,
    /// Whether there may be segments of the search index to merge.
    merging: bool,
}

impl Desk {
    fn work(&mut self, jobs: &mut mpsc::Receiver<Box<dyn Job>>) {
        // After a panic: what was not committed is undone.
        self.undo();
        let mut batch = Vec::with_capacity(LARGEST_BATCH);
        while let Some(first) = jobs.blocking_recv() {
            batch.push(first);
            // Never waits for more: while these are committed, others read and check what comes next.
            while batch.len() < LARGEST_BATCH
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
            self.commit(&mut batch);
        }
    }

    fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        let mut news = Vec::new();
        let loss = self.transact(batch, &mut news).err().map(|fault| Loss::of(&fault));
        if loss.is_some() {
            news.clear();
            self.undo();
        }
        if std::mem::take(&mut self.reserve_is_open)
            && let Some(space) = self.space
        {
            // Should it fail, the next writes use the reserve and housekeeping closes it again.
            space.close(&self.connection).unwrap_or_default();
        }
        for job in batch.drain(..) {
            job.answer(loss.as_ref());
        }
        for news in news {
            self.live.committed(news);
        }
        self.checkpoints.after_commit(&self.connection);
    }

    /// Undoes what was begun, and forgets what was learnt from it.
    fn undo(&mut self) {
        self.known = KnownKeys::default();
        if !self.connection.is_autocommit() {
            // Fails only when SQLite has rolled back itself, which is as good.
            self.connection.execute_batch("ROLLBACK").unwrap_or_default();
        }
    }

    /// All jobs in one transaction, each that may write and then refuse in a savepoint of its own:
    /// one that fails takes back only what it did itself. An error is the loss of all.
    fn transact(&mut self, batch: &mut [Box<dyn Job>], news: &mut Vec<Committed>) -> Result<()> {
        self.wait_for_the_disk(batch.iter().any(|job| job.care().durable))?;
        execute(&self.connection, "BEGIN IMMEDIATE")?;
        for job in batch {
            let told = news.len();
            let savepoint = job.care().savepoint;
            let changes = self.connection.total_changes();
            if savepoint {
                execute(&self.connection, "SAVEPOINT job")?;
            }
            let mut writing = Writing {
                connection: &self.connection,
                known: &mut self.known,
                limits: self.limits,
                space: self.space,
                reserve_is_open: &mut self.reserve_is_open,
                unindexed: &mut self.unindexed,
                unmerged: &mut self.unmerged,
                news,
            };
            if let Some(loss) = job.run(&mut writing).map(Loss::of) {
                if savepoint {
                    self.take_back(&loss)?;
                } else if self.connection.total_changes() != changes || self.connection.is_autocommit() {
                    return Err(loss.error().into());
                }
                news.truncate(told);
            }
            if savepoint {
                execute(&self.connection, "RELEASE job")?;
            }
        }
        self.index()?;
        Ok(execute(&self.connection, "COMMIT")?)
    }

    /// Has commits wait for the disk, or not.
    fn wait_for_the_disk(&mut self, durable: bool) -> Result<()> {
        if self.durable != durable {
            self.connection.pragma_update(None, "synchronous", if durable { "full" } else { "normal" })?;
            self.durable = durable;
        }
        Ok(())
    }

    /// Puts notifications into the search index when enough have come together, else merges a little
    /// of it. That it fails, for want of space, must not hurt them.
    fn index(&mut self) -> Result<()> {
        let write = if self.unindexed >= INDEXED_AT_ONCE {
            (self.unindexed, self.merging) = (0, true);
            |connection: &Connection| search::index(connection, INDEXED_AT_ONCE).map(|_| true)
        } else if self.merging && self.unmerged >= MERGED_EVERY {
            self.unmerged = 0;
            |connection: &Connection| search::merge(connection, MERGED_AT_ONCE)
        } else {
            return Ok(());
        };
        execute(&self.connection, "SAVEPOINT job")?;
        // The index writes what it has collected when the savepoint is released.
        let written = write(&self.connection).and_then(|more| Ok(execute(&self.connection, "RELEASE job").map(|()| more)?));
        match written {
            Ok(more) => self.merging = more,
            Err(fault) => {
                self.merging = false;
                self.take_back(&Loss::of(&fault))?;
                execute(&self.connection, "RELEASE job")?;
            }
        }
        Ok(())
    }

    /// Takes back what was done since the savepoint. An error when all is lost: some faults (a full
    /// disk, for one) make SQLite roll back the whole transaction.
    fn take_back(&mut self, loss: &Loss) -> Result<()> {
        if self.connection.is_autocommit() {
            return Err(loss.error().into());
        }
        self.known = KnownKeys::default();
        Ok(execute(&self.connection, "ROLLBACK TO job")?)
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
