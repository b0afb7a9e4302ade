//! Limits lists and exports: how many a caller may have at a time, and how many are built at a time. A
//! response counts until its client has received it: see [`listen`](crate::listen).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::Response;
use campanile_domain::{Error, Result, search_limiter::SearchCaller};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::listen::{BufferedBytes, HeldUntilSent};

/// The maximum number of concurrent lists of one person or key; beyond it the response is 429.
const MAX_LISTS_PER_CALLER: usize = 8;
/// The number of lists that an export counts as, because it takes longer.
const EXPORT_COST: usize = 4;
/// The memory an export may hold while its client does not read: one page and its text, in bytes.
const EXPORT_BUFFER_BYTES: usize = 16 << 20;
/// The number of lists of full notifications that are built at a time; others wait.
const MAX_CONCURRENT_BUILDS: usize = 4;
/// When a rejected caller should retry.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The lists in progress.
pub struct ListLimiter {
    in_use: Mutex<HashMap<SearchCaller, usize>>,
    builds: Arc<Semaphore>,
}

/// A permit for one list or export of a caller, released when it is dropped.
pub struct ListPermit {
    limiter: Arc<ListLimiter>,
    caller: SearchCaller,
    cost: usize,
}

impl Default for ListLimiter {
    fn default() -> Self {
        Self { in_use: Mutex::default(), builds: Arc::new(Semaphore::new(MAX_CONCURRENT_BUILDS)) }
    }
}

impl ListLimiter {
    fn lock(&self) -> MutexGuard<'_, HashMap<SearchCaller, usize>> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires a permit for a list; [`Error::TooManyRequests`] when the caller has too many in progress.
    pub fn acquire_list(self: &Arc<Self>, caller: impl Into<SearchCaller>) -> Result<ListPermit> {
        self.acquire(caller.into(), 1)
    }

    /// Acquires a permit for an export.
    pub fn acquire_export(self: &Arc<Self>, caller: impl Into<SearchCaller>) -> Result<ListPermit> {
        self.acquire(caller.into(), EXPORT_COST)
    }

    fn acquire(self: &Arc<Self>, caller: SearchCaller, size: usize) -> Result<ListPermit> {
        let mut callers = self.lock();
        let taken = callers.entry(caller).or_default();
        if *taken + size > MAX_LISTS_PER_CALLER {
            return Err(Error::TooManyRequests { retry_after: RETRY_AFTER });
        }
        *taken += size;
        Ok(ListPermit { limiter: Arc::clone(self), caller, cost: size })
    }

    /// Waits for a permit to build a list of full notifications.
    pub async fn build_permit(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.builds).acquire_owned().await.ok()
    }
}

impl ListPermit {
    /// Holds the permit until the client has received this response.
    pub fn attach_to(self, response: &mut Response) {
        if self.cost == EXPORT_COST {
            response.extensions_mut().insert(BufferedBytes(EXPORT_BUFFER_BYTES));
        }
        response.extensions_mut().insert(HeldUntilSent(Arc::new(self)));
    }
}

impl Drop for ListPermit {
    fn drop(&mut self) {
        let mut callers = self.limiter.lock();
        if let Some(taken) = callers.get_mut(&self.caller) {
            *taken -= self.cost;
            if *taken == 0 {
                callers.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use campanile_domain::{KeyId, PersonId};

    use super::*;

    #[test]
    fn lists_per_caller_are_limited_and_exports_cost_more() {
        let answers = Arc::new(ListLimiter::default());
        let (ada, key) = (SearchCaller::Person(PersonId(1)), SearchCaller::Key(KeyId(1)));
        let mut places: Vec<_> = (0..MAX_LISTS_PER_CALLER).map(|_| answers.acquire_list(ada).unwrap()).collect();
        assert!(matches!(answers.acquire_list(ada), Err(Error::TooManyRequests { retry_after: RETRY_AFTER })));
        assert!(answers.acquire_list(key).is_ok());
        places.truncate(MAX_LISTS_PER_CALLER - EXPORT_COST + 1);
        assert!(answers.acquire_export(ada).is_err());
        places.pop();
        places.push(answers.acquire_export(ada).unwrap());
        assert!(answers.acquire_list(ada).is_err());
        drop(places);
        assert!(answers.lock().is_empty());
    }
}
