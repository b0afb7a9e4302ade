//! Limits each caller to one search at a time. A caller's further searches wait, so that they do not take the
//! store's time from others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Error, KeyId, PersonId, Result,
    model::access::{Actor, Person},
};

/// How many searches of one caller may wait; further ones are rejected.
const MAX_WAITING: usize = 8;
/// When to retry a rejected search.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Who searches.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SearchCaller {
    /// A person, however they signed in.
    Person(PersonId),
    /// An API key.
    Key(KeyId),
}

impl From<&Person> for SearchCaller {
    fn from(who: &Person) -> Self {
        Self::Person(who.id)
    }
}

impl From<&Actor> for SearchCaller {
    fn from(by: &Actor) -> Self {
        match by {
            Actor::Person(who) => Self::Person(who.id),
            Actor::Sender(sender) => Self::Key(sender.key),
        }
    }
}

/// The callers that are searching now.
#[derive(Clone, Debug, Default)]
pub struct SearchLimiter(Arc<Mutex<HashMap<SearchCaller, CallerQueue>>>);

/// The searches of a caller: one is running, the others wait.
#[derive(Debug)]
struct CallerQueue {
    semaphore: Arc<Semaphore>,
    length: usize,
}

/// A search of a caller that is running or waiting.
struct QueueSlot {
    searches: SearchLimiter,
    caller: SearchCaller,
}

/// A permit to search. The caller's next search begins when it is dropped.
pub struct SearchPermit {
    _permit: Option<OwnedSemaphorePermit>,
    _place: QueueSlot,
}

impl SearchLimiter {
    fn lock(&self) -> MutexGuard<'_, HashMap<SearchCaller, CallerQueue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the caller's turn; [`Error::TooManyRequests`] if too many of their searches are waiting.
    pub async fn acquire(&self, caller: impl Into<SearchCaller>) -> Result<SearchPermit> {
        let caller = caller.into();
        let turn = {
            let mut lines = self.lock();
            let line = lines.entry(caller).or_insert_with(|| CallerQueue { semaphore: Arc::new(Semaphore::new(1)), length: 0 });
            if line.length > MAX_WAITING {
                return Err(Error::TooManyRequests { retry_after: RETRY_AFTER });
            }
            line.length += 1;
            Arc::clone(&line.semaphore)
        };
        let place = QueueSlot { searches: self.clone(), caller };
        // The semaphore is never closed.
        Ok(SearchPermit { _permit: turn.acquire_owned().await.ok(), _place: place })
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        let mut lines = self.searches.lock();
        if let Some(line) = lines.get_mut(&self.caller) {
            line.length -= 1;
            if line.length == 0 {
                lines.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::pin, task::Poll};

    use super::*;

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    }

    #[tokio::test]
    async fn each_caller_runs_one_search_at_a_time() {
        let searches = SearchLimiter::default();
        let (ada, bo) = (SearchCaller::Person(PersonId(1)), SearchCaller::Key(KeyId(1)));
        let first = searches.acquire(ada).await.unwrap();
        let mut second = pin!(searches.acquire(ada));
        assert!(poll(second.as_mut()).is_pending());
        drop(searches.acquire(bo).await.unwrap());
        drop(first);
        drop(second.await.unwrap());
        assert!(searches.lock().is_empty());
    }

    #[tokio::test]
    async fn the_queue_of_a_caller_is_limited() {
        let searches = SearchLimiter::default();
        let ada = SearchCaller::Person(PersonId(1));
        let first = searches.acquire(ada).await.unwrap();
        let mut waiting: Vec<_> = (0..MAX_WAITING).map(|_| Box::pin(searches.acquire(ada))).collect();
        for turn in &mut waiting {
            assert!(poll(turn.as_mut()).is_pending());
        }
        assert!(matches!(searches.acquire(ada).await, Err(Error::TooManyRequests { retry_after: RETRY_AFTER })));
        waiting.pop();
        assert!(poll(pin!(searches.acquire(ada)).as_mut()).is_pending());
        drop((first, waiting));
        assert!(searches.lock().is_empty());
    }
}
