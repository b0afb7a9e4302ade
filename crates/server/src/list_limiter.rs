//! Limits lists and exports: how many a caller may have at a time, and how many are built at a time. A
//! response counts until its client has received it: see [`listen`](crate::listen).

use std::sync::Arc;

use axum::response::Response;
use campanile_domain::{
    Result,
    caller_limiter::{CallerId, CallerLimit, CallerLimiter, CallerPermit},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::listen::{BufferedBytes, HeldUntilSent};

/// The maximum number of concurrent lists of one person or key; beyond it the response is 429.
const LISTS: CallerLimit = CallerLimit { concurrent: 8, waiting: 0 };
/// The number of lists that an export counts as, because it takes longer.
const EXPORT_COST: u32 = 4;
/// The memory an export may hold while its client does not read: one page and its text, in bytes.
const EXPORT_BUFFER_BYTES: usize = 16 << 20;
/// The number of lists of full notifications that are built at a time; others wait.
const MAX_CONCURRENT_BUILDS: usize = 4;

/// The lists in progress.
pub struct ListLimiter {
    callers: CallerLimiter,
    builds: Arc<Semaphore>,
}

/// A permit for one list or export of a caller, released when it is dropped.
pub struct ListPermit {
    permit: CallerPermit,
    /// What the response may hold while its client does not read.
    buffered: Option<BufferedBytes>,
}

impl Default for ListLimiter {
    fn default() -> Self {
        Self { callers: CallerLimiter::new(LISTS), builds: Arc::new(Semaphore::new(MAX_CONCURRENT_BUILDS)) }
    }
}

impl ListLimiter {
    /// Acquires a permit for a list; [`campanile_domain::Error::TooManyRequests`] when the caller has too many in progress.
    pub async fn acquire_list(&self, caller: impl Into<CallerId>) -> Result<ListPermit> {
        Ok(ListPermit { permit: self.callers.acquire(caller).await?, buffered: None })
    }

    /// Acquires a permit for an export.
    pub async fn acquire_export(&self, caller: impl Into<CallerId>) -> Result<ListPermit> {
        let permit = self.callers.acquire_many(caller, EXPORT_COST).await?;
        Ok(ListPermit { permit, buffered: Some(BufferedBytes(EXPORT_BUFFER_BYTES)) })
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
        if let Some(buffered) = self.buffered {
            response.extensions_mut().insert(buffered);
        }
        response.extensions_mut().insert(HeldUntilSent(Arc::new(self.permit)));
    }
}

#[cfg(test)]
mod tests {
    use campanile_domain::{Error, KeyId, PersonId};

    use super::*;

    #[tokio::test]
    async fn lists_per_caller_are_limited_and_exports_cost_more() {
        let limiter = ListLimiter::default();
        let (ada, key) = (CallerId::Person(PersonId(1)), CallerId::Key(KeyId(1)));
        let mut permits = Vec::new();
        for _ in 0..LISTS.concurrent {
            permits.push(limiter.acquire_list(ada).await.unwrap());
        }
        assert!(matches!(limiter.acquire_list(ada).await, Err(Error::TooManyRequests { .. })));
        assert!(limiter.acquire_list(key).await.is_ok());
        permits.truncate(LISTS.concurrent - EXPORT_COST as usize + 1);
        assert!(limiter.acquire_export(ada).await.is_err());
        permits.pop();
        permits.push(limiter.acquire_export(ada).await.unwrap());
        assert!(limiter.acquire_list(ada).await.is_err());
        drop(permits);
        drop((limiter.acquire_export(ada).await.unwrap(), limiter.acquire_export(ada).await.unwrap()));
    }
}
