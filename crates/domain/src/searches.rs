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
    access::{Actor, Person},
};

/// How many searches of one caller may wait; further ones are rejected.
const MOST_WAITING: usize = 8;
/// When to retry a rejected search.
const COME_BACK: Duration = Duration::from_secs(1);

/// Who searches.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Caller {
    /// A person, however they signed in.
    Person(PersonId),
    /// An API key.
    Key(KeyId),
}

impl From<&Person> for Caller {
    fn from(who: &Person) -> Self {
        Self::Person(who.id)
    }
}

impl From<&Actor> for Caller {
    fn from(by: &Actor) -> Self {
        match by {
            Actor::Person(who) => Self::Person(who.id),
            Actor::Sender(sender) => Self::Key(sender.key),
        }
    }
}

/// The callers that are searching now.
#[derive(Clone, Debug, Default)]
pub struct Searches(Arc<Mutex<HashMap<Caller, Line>>>);

/// The searches of a caller: one is running, the others wait.
#[derive(Debug)]
struct Line {
    turn: Arc<Semaphore>,
    length: usize,
}

/// A search of a caller that is running or waiting.
struct Place {
    searches: Searches,
    caller: Caller,
}

/// A permit to search. The caller's next search begins when it is dropped.
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
    _place: Place,
}

impl Searches {
    fn lock(&self) -> MutexGuard<'_, HashMap<Caller, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the caller's turn; [`Error::TooMany`] if too many of their searches are waiting.
    pub async fn turn(&self, caller: impl Into<Caller>) -> Result<Turn> {
        let caller = caller.into();
        let turn = {
            let mut lines = self.lock();
            let line = lines.entry(caller).or_insert_with(|| Line { turn: Arc::new(Semaphore::new(1)), length: 0 });
            if line.length > MOST_WAITING {
                return Err(Error::TooMany { retry_after: COME_BACK });
            }
            line.length += 1;
            Arc::clone(&line.turn)
        };
        let place = Place { searches: self.clone(), caller };
        // The semaphore is never closed.
        Ok(Turn { _permit: turn.acquire_owned().await.ok(), _place: place })
    }
}

impl Drop for Place {
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
    async fn a_caller_searches_once_at_a_time_and_others_at_the_same_time() {
        let searches = Searches::default();
        let (ada, bo) = (Caller::Person(PersonId(1)), Caller::Key(KeyId(1)));
        let first = searches.turn(ada).await.unwrap();
        let mut second = pin!(searches.turn(ada));
        assert!(poll(second.as_mut()).is_pending());
        drop(searches.turn(bo).await.unwrap());
        drop(first);
        drop(second.await.unwrap());
        assert!(searches.lock().is_empty());
    }

    #[tokio::test]
    async fn a_line_is_only_so_long_and_those_who_leave_make_room() {
        let searches = Searches::default();
        let ada = Caller::Person(PersonId(1));
        let first = searches.turn(ada).await.unwrap();
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| Box::pin(searches.turn(ada))).collect();
        for turn in &mut waiting {
            assert!(poll(turn.as_mut()).is_pending());
        }
        assert!(matches!(searches.turn(ada).await, Err(Error::TooMany { retry_after: COME_BACK })));
        waiting.pop();
        assert!(poll(pin!(searches.turn(ada)).as_mut()).is_pending());
        drop((first, waiting));
        assert!(searches.lock().is_empty());
    }
}
