//! A pool of threads that read. Each has its own connection and never waits for the writer: with a write-ahead
//! log, a read transaction sees the state of one point in time.
//!
//! There are two classes of reads. A read for a page, a count or a send is short, whatever is stored. A query,
//! such as a search, depends on what a person looks for. It has a time limit, and some threads never run
//! queries, so that short reads do not wait for them.

use std::{
    ops::Deref,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use campanile_domain::{Error, ports::health::ThreadReport};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{connection, error::Result, query_timeout::QueryTimeout, threads::Thread, timeouts::Timeouts};

/// The most reads that wait in the queue. Beyond that callers wait to enter it.
const QUEUE_CAPACITY: usize = 4_096;
/// Threads that never run queries.
const RESERVED_THREADS: usize = 2;
/// The most queries that wait for a thread. Further ones are refused.
const MAX_WAITING_QUERIES: usize = 64;
/// When refused callers should try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

type Job = Box<dyn FnOnce(&Reader) + Send>;

/// A connection that reads, with its timeout.
pub struct Reader {
    connection: Connection,
    /// Interrupts a query that takes too long.
    pub timeout: Arc<QueryTimeout>,
    /// Time limits.
    pub timeouts: Timeouts,
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// The handle to the threads.
pub struct ReadPool {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<Thread>,
    query_permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// The permit to run a query on a thread.
pub struct QueryPermit {
    _permit: OwnedSemaphorePermit,
}

/// Counts a caller who waits for a permit.
struct WaitingGuard<'w>(&'w AtomicUsize);

impl Drop for WaitingGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ReadPool {
    /// Starts that many threads.
    pub fn start(path: &Path, count: usize, times: Timeouts) -> Result<Self> {
        let (sender, receiver) = mpsc::channel::<Job>(QUEUE_CAPACITY);
        let receiver = Arc::new(Mutex::new(receiver));
        // Queries use at most half of the processor.
        let half = thread::available_parallelism().map_or(1, |cores| cores.get() / 2);
        let queries = Arc::new(Semaphore::new(count.saturating_sub(RESERVED_THREADS).min(half).max(1)));
        let mut readers = Self { jobs: Some(sender), threads: Vec::new(), query_permits: queries, waiting: AtomicUsize::new(0) };
        for _ in 0..count.max(1) {
            let mut connection = connection::open_reader(path)?;
            let alarm = QueryTimeout::install(&mut connection)?;
            let reader = Reader { connection, timeout: alarm, timeouts: times };
            let receiver = Arc::clone(&receiver);
            let thread = Thread::start("store-reader", move || {
                // One thread waits inside the lock, the others wait for the lock.
                while let Some(job) = next_job(&receiver) {
                    job(&reader);
                }
            });
            readers.threads.push(thread.map_err(|error| Error::Unavailable(error.into()))?);
        }
        Ok(readers)
    }

    /// The state of each thread.
    pub fn report(&self) -> impl Iterator<Item = ThreadReport> {
        self.threads.iter().map(Thread::report)
    }

    /// Runs a short read in one transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        self.run(None, move |reader| work(reader)).await
    }

    /// Waits for a permit to run a query. [`Error::TooManyRequests`] when too many callers wait.
    pub async fn acquire_query(&self) -> campanile_domain::Result<QueryPermit> {
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = WaitingGuard(&self.waiting);
        if waiting >= MAX_WAITING_QUERIES {
            return Err(Error::TooManyRequests { retry_after: RETRY_AFTER });
        }
        let permit = Arc::clone(&self.query_permits).acquire_owned().await.map_err(|_| stopped())?;
        Ok(QueryPermit { _permit: permit })
    }

    /// Runs a query in one transaction, within the time limit. The work must return what it found until then.
    pub async fn query<T: Send + 'static>(&self, work: impl FnOnce(&Reader) -> Result<T> + Send + 'static) -> campanile_domain::Result<T> {
        let turn = self.acquire_query().await?;
        self.query_with(turn, work).await
    }

    /// The same with a permit that the caller already has.
    pub async fn query_with<T: Send + 'static>(
        &self,
        turn: QueryPermit,
        work: impl FnOnce(&Reader) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        // The permit is held until the work is done, even when the caller has gone away.
        self.run(Some(turn), work).await
    }

    /// Runs work in one transaction. With a permit, it is a query with a time limit.
    pub async fn run<T: Send + 'static>(
        &self,
        turn: Option<QueryPermit>,
        work: impl FnOnce(&Reader) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |reader: &Reader| {
            if turn.is_some() {
                reader.timeout.set(reader.timeouts.query);
            }
            let result = catch_unwind(AssertUnwindSafe(|| transact(reader, work)));
            drop(turn);
            let result = result.unwrap_or_else(|_| Err(Error::Unavailable("a read panicked".into()).into()));
            // The caller may have gone away.
            answer.send(result.map_err(Error::from)).unwrap_or_default();
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for ReadPool {
    fn drop(&mut self) {
        self.jobs = None;
        self.threads.clear();
    }
}

fn next_job(receiver: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

fn transact<T>(reader: &Reader, work: impl FnOnce(&Reader) -> Result<T>) -> Result<T> {
    // Dropping the transaction rolls it back: a read changes nothing.
    let _transaction = reader.unchecked_transaction()?;
    // Dropped first, so that the time limit does not interrupt the end of the transaction.
    let _unset = ClearTimeout(&reader.timeout);
    work(reader)
}

/// Removes the time limit when it is dropped.
struct ClearTimeout<'a>(&'a QueryTimeout);

impl Drop for ClearTimeout<'_> {
    fn drop(&mut self) {
        self.0.clear();
    }
}

fn stopped() -> Error {
    Error::Unavailable("the readers have stopped".into())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn readers(folder: &tempfile::TempDir) -> Arc<ReadPool> {
        let path = folder.path().join("test.db");
        super::super::migrations::run(&mut connection::open_writer(&path).unwrap()).unwrap();
        Arc::new(ReadPool::start(&path, 4, super::super::options::Options::default().timeouts).unwrap())
    }

    #[tokio::test]
    async fn queries_leave_reserved_threads_and_a_limited_number_waits() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        let (go, gone) = mpsc::channel::<()>();
        let gone = Arc::new(Mutex::new(gone));
        let mut queries = Vec::new();
        for _ in 0..MAX_WAITING_QUERIES + readers.query_permits.available_permits() {
            let (readers, gone) = (Arc::clone(&readers), Arc::clone(&gone));
            // Runs until the channel is closed.
            queries.push(tokio::spawn(async move {
                readers.query(move |_| Ok(gone.lock().unwrap().recv().is_err())).await.unwrap();
            }));
        }
        while readers.waiting.load(Ordering::Relaxed) < MAX_WAITING_QUERIES {
            tokio::task::yield_now().await;
        }
        assert_eq!(readers.read(|_| Ok(7)).await.unwrap(), 7, "a short read waits for no query");
        assert!(matches!(readers.query(|_| Ok(())).await, Err(Error::TooManyRequests { retry_after: RETRY_AFTER })));
        drop(go);
        for query in queries {
            query.await.unwrap();
        }
        readers.query(|_| Ok(())).await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_query_is_interrupted_and_the_next_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let begun = std::time::Instant::now();
        let fault = readers.query(move |reader| Ok(reader.query_row(endless, [], |_| Ok(())).unwrap_err())).await.unwrap();
        assert_eq!(fault.sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted));
        assert!(begun.elapsed() >= super::super::options::Options::default().timeouts.query);
        for _ in 0..8 {
            let short = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT count(*) FROM n";
            let count: i64 = readers.read(move |connection| Ok(connection.query_row(short, [], |row| row.get(0))?)).await.unwrap();
            assert_eq!(count, 10_000);
        }
    }
}
