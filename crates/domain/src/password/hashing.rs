//! Hashing with Argon2, on at most half of the cores.
//!
//! A hash takes 19 MiB and tens of milliseconds of a core. During a flood of sign-ins, requests are rejected
//! after a short wait, so that reading and sending stay fast.

use std::{num::NonZeroUsize, sync::Arc, thread, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{Error, Result};

/// How long an unknown caller may wait for a permit.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a known caller may wait for a permit.
const LONG_PATIENCE: Duration = Duration::from_secs(10);
/// When to retry after waiting in vain.
const COME_BACK: Duration = Duration::from_secs(2);

/// Who needs a password hashed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Caller {
    /// An unknown caller.
    Unknown,
    /// A known browser or a session. It is served before unknown callers, so that they cannot lock it out.
    Known,
}

/// Limits how many passwords are hashed at once.
#[derive(Clone)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    /// Unknown callers pass through here before they wait for a permit, so that no more of them wait for one
    /// than there are permits. Permits are given out in order: a known caller never waits behind more unknown
    /// ones than that.
    door: Arc<Semaphore>,
}

impl Default for Hashing {
    /// Half of the cores, at least one.
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, NonZeroUsize::get) / 2)
    }
}

impl Hashing {
    fn new(turns: usize) -> Self {
        let turns = turns.max(1);
        Self { turns: Arc::new(Semaphore::new(turns)), door: Arc::new(Semaphore::new(turns)) }
    }

    /// Runs work that needs a permit. [`Error::TooMany`] if none is free in time.
    pub(crate) async fn run<T: Send + 'static>(&self, caller: Caller, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = async {
            let _inside = match caller {
                Caller::Unknown => Some(self.door.acquire().await),
                Caller::Known => None,
            };
            self.turns.clone().acquire_owned().await
        };
        let patience = if caller == Caller::Known { LONG_PATIENCE } else { PATIENCE };
        let turn = timeout(patience, turn).await.map_err(|_| Error::TooMany { retry_after: COME_BACK })?;
        let turn = turn.map_err(|error| Error::Unavailable(error.into()))?;
        // The permit is held until the work ends, even if the request is cancelled.
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Unavailable(error.into()))
    }
}

/// OWASP's second recommended setting: 19 MiB, two passes, one lane.
fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// The hash of a normalised password, as a PHC string.
pub(crate) fn hash(password: &str, salt: &[u8; 16]) -> Result<String> {
    let salt = SaltString::encode_b64(salt).map_err(|error| Error::Unavailable(error.to_string().into()))?;
    let hash = argon2id().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| Error::Unavailable(error.to_string().into()))
}

/// Whether a normalised password matches a PHC string.
pub(crate) fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2id().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_run_at_once_than_there_are_turns() {
        let hashing = Hashing::new(2);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = tokio::task::JoinSet::new();
        for number in 0..40 {
            let (hashing, running, most) = (hashing.clone(), running.clone(), most.clone());
            let caller = if number % 2 == 0 { Caller::Known } else { Caller::Unknown };
            all.spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                hashing.run(caller, work).await.unwrap();
            });
        }
        all.join_all().await;
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn who_is_unknown_is_refused_after_a_second_and_who_is_known_goes_before_them() {
        let hashing = Hashing::new(1);
        let (go, wait) = mpsc::channel::<()>();
        let blocking = tokio::spawn({
            let hashing = hashing.clone();
            async move { hashing.run(Caller::Unknown, move || wait.recv()).await }
        });
        while hashing.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let served = Arc::new(Mutex::new(Vec::new()));
        let come = |caller, number: u32| {
            let (hashing, served) = (hashing.clone(), served.clone());
            tokio::spawn(async move { hashing.run(caller, move || served.lock().unwrap().push(number)).await })
        };
        let unknown: Vec<_> = (0..5).map(|number| come(Caller::Unknown, number)).collect();
        let known = come(Caller::Known, 100);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        for one in unknown {
            assert!(matches!(one.await.unwrap(), Err(Error::TooMany { retry_after }) if retry_after == COME_BACK));
        }
        let late: Vec<_> = (10..15).map(|number| come(Caller::Unknown, number)).collect();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        known.await.unwrap().unwrap();
        for one in late {
            one.await.unwrap().unwrap();
        }
        blocking.await.unwrap().unwrap().unwrap();
        assert_eq!(served.lock().unwrap()[0], 100);
    }

    #[test]
    fn a_hash_fits_its_password_alone() {
        let hashed = hash("correct horse", &[7; 16]).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits("correct horse", &hashed) && !fits("Correct horse", &hashed) && !fits("correct horse", "nonsense"));
    }
}
