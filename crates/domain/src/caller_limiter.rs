//! Limits how much one caller has in progress at a time, so that they do not take the server's time from others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Error, KeyId, PersonId, Result, TenantId,
    model::access::{Actor, Person},
};

/// The limit on searches: one at a time, and eight that wait.
pub(crate) const SEARCHES: CallerLimit = CallerLimit { concurrent: 1, waiting: 8 };
/// When to retry a rejected request.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Who is limited.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CallerId {
    /// A person, however they signed in.
    Person(PersonId),
    /// An API key.
    Key(KeyId),
    /// The operator, on one tenant.
    Operator(TenantId),
}

impl From<&Person> for CallerId {
    fn from(who: &Person) -> Self {
        Self::Person(who.id)
    }
}

impl From<&Actor> for CallerId {
    fn from(by: &Actor) -> Self {
        match by {
            Actor::Person(who) => Self::Person(who.id),
            Actor::Sender(sender) => Self::Key(sender.key),
            Actor::Operator { tenant, .. } => Self::Operator(*tenant),
        }
    }
}

/// How many requests of one caller may run at a time, and how many may wait. Further ones are rejected.
#[derive(Clone, Copy, Debug)]
pub struct CallerLimit {
    /// How many run.
    pub concurrent: usize,
    /// How many wait.
    pub waiting: usize,
}

/// The requests in progress, by caller.
#[derive(Clone, Debug)]
pub struct CallerLimiter {
    limit: CallerLimit,
    queues: Arc<Mutex<HashMap<CallerId, CallerQueue>>>,
}

/// The requests of one caller.
#[derive(Debug)]
struct CallerQueue {
    semaphore: Arc<Semaphore>,
    /// How many run or wait.
    length: usize,
}

/// A request that runs or waits.
struct QueueSlot {
    limiter: CallerLimiter,
    caller: CallerId,
    cost: usize,
}

/// A permit to run a request. When it is dropped, the caller's next request runs.
pub struct CallerPermit {
    // Dropped before the slot, so that what the queue admits never waits for a slot that is already free.
    _permit: Option<OwnedSemaphorePermit>,
    _slot: QueueSlot,
}

impl CallerLimiter {
    /// A limiter with this limit for each caller.
    pub fn new(limit: CallerLimit) -> Self {
        Self { limit, queues: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallerId, CallerQueue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a permit; [`Error::TooManyRequests`] if too many of the caller's requests run and wait.
    pub async fn acquire(&self, caller: impl Into<CallerId>) -> Result<CallerPermit> {
        self.acquire_many(caller, 1).await
    }

    /// Like [`CallerLimiter::acquire`], for a request that counts as several, but not as more than may run.
    pub async fn acquire_many(&self, caller: impl Into<CallerId>, cost: u32) -> Result<CallerPermit> {
        let (caller, units) = (caller.into(), cost as usize);
        let CallerLimit { concurrent, waiting } = self.limit;
        let semaphore = {
            let mut queues = self.lock();
            let queue = queues.entry(caller).or_insert_with(|| CallerQueue { semaphore: Arc::new(Semaphore::new(concurrent)), length: 0 });
            if queue.length + units > concurrent + waiting {
                return Err(Error::TooManyRequests { retry_after: RETRY_AFTER });
            }
            queue.length += units;
            Arc::clone(&queue.semaphore)
        };
        let slot = QueueSlot { limiter: self.clone(), caller, cost: units };
        // The semaphore is never closed.
        Ok(CallerPermit { _permit: semaphore.acquire_many_owned(cost).await.ok(), _slot: slot })
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        let mut queues = self.limiter.lock();
        if let Some(queue) = queues.get_mut(&self.caller) {
            queue.length -= self.cost;
            if queue.length == 0 {
                queues.remove(&self.caller);
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
        let searches = CallerLimiter::new(SEARCHES);
        let (ada, bo) = (CallerId::Person(PersonId(1)), CallerId::Key(KeyId(1)));
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
        let searches = CallerLimiter::new(SEARCHES);
        let ada = CallerId::Person(PersonId(1));
        let first = searches.acquire(ada).await.unwrap();
        let mut waiting: Vec<_> = (0..SEARCHES.waiting).map(|_| Box::pin(searches.acquire(ada))).collect();
        for turn in &mut waiting {
            assert!(poll(turn.as_mut()).is_pending());
        }
        assert!(matches!(searches.acquire(ada).await, Err(Error::TooManyRequests { retry_after: RETRY_AFTER })));
        waiting.pop();
        assert!(poll(pin!(searches.acquire(ada)).as_mut()).is_pending());
        drop((first, waiting));
        assert!(searches.lock().is_empty());
    }

    #[tokio::test]
    async fn a_request_may_count_as_several() {
        let limiter = CallerLimiter::new(CallerLimit { concurrent: 4, waiting: 0 });
        let (ada, key) = (CallerId::Person(PersonId(1)), CallerId::Key(KeyId(1)));
        let mut permits = vec![limiter.acquire(ada).await.unwrap(), limiter.acquire_many(ada, 3).await.unwrap()];
        assert!(matches!(limiter.acquire(ada).await, Err(Error::TooManyRequests { retry_after: RETRY_AFTER })));
        assert!(limiter.acquire(key).await.is_ok());
        permits.remove(0);
        assert!(limiter.acquire_many(ada, 2).await.is_err());
        permits.push(limiter.acquire(ada).await.unwrap());
        drop(permits);
        assert!(limiter.lock().is_empty());
    }
}
