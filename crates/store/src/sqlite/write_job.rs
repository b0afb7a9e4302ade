//! The jobs of the thread that writes, and how each caller gets its result.

use std::panic::{AssertUnwindSafe, catch_unwind};

use campanile_domain::Error;
use tokio::sync::oneshot;

use super::{
    error::{Result, StoreError},
    write_transaction::WriteTransaction,
};

/// The error of a job that the thread takes no more.
pub fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".into())
}

/// Why a whole batch failed; each of its callers gets this error.
pub struct BatchFailure {
    full: bool,
    text: String,
}

impl BatchFailure {
    pub fn from_error(fault: &StoreError) -> Self {
        Self { full: fault.is_full(), text: fault.text() }
    }

    pub fn error(&self) -> Error {
        if self.full { Error::StorageFull } else { Error::Unavailable(self.text.clone().into()) }
    }
}

/// What a job needs.
#[derive(Clone, Copy)]
pub struct JobOptions {
    /// A savepoint, because it may fail after it wrote something.
    pub savepoint: bool,
    /// A commit that survives a power failure.
    pub durable: bool,
}

/// A job with any result type.
pub trait Job: Send {
    /// What it needs.
    fn care(&self) -> JobOptions;

    /// Runs the job; returns the error if it failed.
    fn run(&mut self, writing: &mut WriteTransaction<'_>) -> Option<&StoreError>;

    /// Sends the caller the result, or the error of the whole batch.
    fn answer(self: Box<Self>, loss: Option<&BatchFailure>);
}

pub struct Task<T, F> {
    pub care: JobOptions,
    pub work: Option<F>,
    pub result: Option<Result<T>>,
    pub answer: oneshot::Sender<campanile_domain::Result<T>>,
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
