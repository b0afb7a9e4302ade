//! Limits lists and exports: how many a caller may have at a time, and how many are built at a time. A
//! response counts until its client has received it: see [`listen`](crate::listen).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::Response;
use campanile_domain::{Error, Result, searches::Caller};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::listen::{Kept, Weight};

/// The maximum number of concurrent lists of one person or key; beyond it the response is 429.
const MOST: usize = 8;
/// The number of lists that an export counts as, because it takes longer.
const EXPORT: usize = 4;
/// The memory an export may hold while its client does not read: one page and its text, in bytes.
const EXPORT_WEIGHT: usize = 16 << 20;
/// The number of lists of full notifications that are built at a time; others wait.
const MADE_AT_ONCE: usize = 4;
/// When a rejected caller should retry.
const COME_BACK: Duration = Duration::from_secs(1);

/// The lists in progress.
pub struct Answers {
    callers: Mutex<HashMap<Caller, usize>>,
    making: Arc<Semaphore>,
}

/// A permit for one list or export of a caller, released when it is dropped.
pub struct Place {
    answers: Arc<Answers>,
    caller: Caller,
    size: usize,
}

impl Default for Answers {
    fn default() -> Self {
        Self { callers: Mutex::default(), making: Arc::new(Semaphore::new(MADE_AT_ONCE)) }
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, HashMap<Caller, usize>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires a permit for a list; [`Error::TooMany`] when the caller has too many in progress.
    pub fn list(self: &Arc<Self>, caller: impl Into<Caller>) -> Result<Place> {
        self.place(caller.into(), 1)
    }

    /// Acquires a permit for an export.
    pub fn export(self: &Arc<Self>, caller: impl Into<Caller>) -> Result<Place> {
        self.place(caller.into(), EXPORT)
    }

    fn place(self: &Arc<Self>, caller: Caller, size: usize) -> Result<Place> {
        let mut callers = self.lock();
        let taken = callers.entry(caller).or_default();
        if *taken + size > MOST {
            return Err(Error::TooMany { retry_after: COME_BACK });
        }
        *taken += size;
        Ok(Place { answers: Arc::clone(self), caller, size })
    }

    /// Waits for a permit to build a list of full notifications.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.making).acquire_owned().await.ok()
    }
}

impl Place {
    /// Holds the permit until the client has received this response.
    pub fn hold(self, response: &mut Response) {
        if self.size == EXPORT {
            response.extensions_mut().insert(Weight(EXPORT_WEIGHT));
        }
        response.extensions_mut().insert(Kept(Arc::new(self)));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut callers = self.answers.lock();
        if let Some(taken) = callers.get_mut(&self.caller) {
            *taken -= self.size;
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
    fn a_caller_has_so_many_and_an_export_counts_more() {
        let answers = Arc::new(Answers::default());
        let (ada, key) = (Caller::Person(PersonId(1)), Caller::Key(KeyId(1)));
        let mut places: Vec<_> = (0..MOST).map(|_| answers.list(ada).unwrap()).collect();
        assert!(matches!(answers.list(ada), Err(Error::TooMany { retry_after: COME_BACK })));
        assert!(answers.list(key).is_ok());
        places.truncate(MOST - EXPORT + 1);
        assert!(answers.export(ada).is_err());
        places.pop();
        places.push(answers.export(ada).unwrap());
        assert!(answers.list(ada).is_err());
        drop(places);
        assert!(answers.lock().is_empty());
    }
}
