//! How many lists one caller may be given at a time, and how many are made at a time for all. An
//! answer counts until its client has taken it: see [`listen`](crate::listen).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::Response;
use campanile_domain::{Error, Result, searches::Caller};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::listen::{Kept, Weight};

/// The most lists of one person or key at a time; beyond it the answer is 429.
const MOST: usize = 8;
/// As how many lists an export counts: it lasts.
const EXPORT: usize = 4;
/// What an export holds at most while its client does not read: a page, and it again as text; in bytes.
const EXPORT_WEIGHT: usize = 16 << 20;
/// How many lists of whole notifications are read and written out at a time; others wait.
const MADE_AT_ONCE: usize = 4;
/// When those who are refused should come back.
const COME_BACK: Duration = Duration::from_secs(1);

/// The answers on their way.
pub struct Answers {
    callers: Mutex<HashMap<Caller, usize>>,
    making: Arc<Semaphore>,
}

/// A place among the answers of a caller, given back when it is dropped.
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

    /// A place for a list; [`Error::TooMany`] when the caller has too many on their way.
    pub fn list(self: &Arc<Self>, caller: impl Into<Caller>) -> Result<Place> {
        self.place(caller.into(), 1)
    }

    /// The same for an export.
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

    /// Waits for a turn to make a list of whole notifications.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Nobody closes it.
        Arc::clone(&self.making).acquire_owned().await.ok()
    }
}

impl Place {
    /// Keeps the place until the client has taken this answer.
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
