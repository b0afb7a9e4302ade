//! The threads that read. Each has a connection of its own and never waits for the writer: the
//! write-ahead log gives every read the state of one moment.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use campanile_domain::{Error, store::ThreadReport};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{connection, fault::Result, threads::Thread};

/// The most reads that wait; beyond that callers wait before they may join.
const LONGEST_QUEUE: usize = 4_096;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The handle to the threads.
pub struct Readers {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<Thread>,
}

impl Readers {
    /// Starts that many threads.
    pub fn start(path: &Path, count: usize) -> Result<Self> {
        let (sender, receiver) = mpsc::channel::<Job>(LONGEST_QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut readers = Self { jobs: Some(sender), threads: Vec::new() };
        for _ in 0..count.max(1) {
            let connection = connection::reading(path)?;
            let receiver = Arc::clone(&receiver);
            let thread = Thread::start("store-reader", move || {
                // One thread at a time waits inside the lock; the others wait for the lock.
                while let Some(job) = next(&receiver) {
                    job(&connection);
                }
            });
            readers.threads.push(thread.map_err(|error| Error::Unavailable(error.into()))?);
        }
        Ok(readers)
    }

    /// How the threads are.
    pub fn report(&self) -> impl Iterator<Item = ThreadReport> {
        self.threads.iter().map(Thread::report)
    }

    /// Reads in one transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |connection: &Connection| {
            let result = catch_unwind(AssertUnwindSafe(|| transact(connection, work)));
            let result = result.unwrap_or_else(|_| Err(Error::Unavailable("a read panicked".into()).into()));
            // Nobody listens any more when the caller went away.
            answer.send(result.map_err(Error::from)).unwrap_or_default();
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        self.threads.clear();
    }
}

fn next(receiver: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

fn transact<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    // Rolled back when dropped: there is nothing to keep.
    let transaction = connection.unchecked_transaction()?;
    work(&transaction)
}

fn stopped() -> Error {
    Error::Unavailable("the readers have stopped".into())
}
