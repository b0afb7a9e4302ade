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
const MAX_WAIT: Duration = Duration::from_secs(1);

/// How long a known caller may wait for a permit.
const MAX_WAIT_KNOWN: Duration = Duration::from_secs(10);

/// When to retry after waiting in vain.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Who needs a password hashed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HashingCaller {
    /// An unknown caller.
    Unknown,
    /// A known browser or a session. It is served before unknown callers, so that they cannot lock it out.
    Known,
}

/// Limits how many passwords are hashed at once.
#[derive(Clone)]
pub(crate) struct HashingPool {
    permits: Arc<Semaphore>,
    /// Unknown callers pass through here before they wait for a permit, so that no more of them wait for one
    /// than there are permits. Permits are given out in order: a known caller never waits behind more unknown
    /// ones than that.
    unknown_callers: Arc<Semaphore>,
}

impl Default for HashingPool {
    /// Half of the cores, at least one.
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, NonZeroUsize::get) / 2)
    }
}

impl HashingPool {
    fn new(turns: usize) -> Self {
        let turns = turns.max(1);
        Self { permits: Arc::new(Semaphore::new(turns)), unknown_callers: Arc::new(Semaphore::new(turns)) }
    }

    /// Runs work that needs a permit. [`Error::TooManyRequests`] if none is free in time.
    pub(crate) async fn run<T: Send + 'static>(&self, caller: HashingCaller, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = async {
            let _inside = match caller {
                HashingCaller::Unknown => Some(self.unknown_callers.acquire().await),
                HashingCaller::Known => None,
            };
            self.permits.clone().acquire_owned().await
        };
        let patience = if caller == HashingCaller::Known { MAX_WAIT_KNOWN } else { MAX_WAIT };
        let turn = timeout(patience, turn).await.map_err(|_| Error::TooManyRequests { retry_after: RETRY_AFTER })?;
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
pub(crate) fn verify(password: &str, hash: &str) -> bool {
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
    async fn no_more_run_at_once_than_there_are_permits() {
        let hashing = HashingPool::new(2);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = tokio::task::JoinSet::new();
        for number in 0..40 {
            let (hashing, running, most) = (hashing.clone(), running.clone(), most.clone());
            let caller = if number % 2 == 0 { HashingCaller::Known } else { HashingCaller::Unknown };
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
    async fn unknown_callers_are_rejected_after_a_second_and_known_ones_go_first() {
        let hashing = HashingPool::new(1);
        let (go, wait) = mpsc::channel::<()>();
        let blocking = tokio::spawn({
            let hashing = hashing.clone();
            async move { hashing.run(HashingCaller::Unknown, move || wait.recv()).await }
        });
        while hashing.permits.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let served = Arc::new(Mutex::new(Vec::new()));
        let come = |caller, number: u32| {
            let (hashing, served) = (hashing.clone(), served.clone());
            tokio::spawn(async move { hashing.run(caller, move || served.lock().unwrap().push(number)).await })
        };
        let unknown: Vec<_> = (0..5).map(|number| come(HashingCaller::Unknown, number)).collect();
        let known = come(HashingCaller::Known, 100);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        for one in unknown {
            assert!(matches!(one.await.unwrap(), Err(Error::TooManyRequests { retry_after }) if retry_after == RETRY_AFTER));
        }
        let late: Vec<_> = (10..15).map(|number| come(HashingCaller::Unknown, number)).collect();
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
    fn a_hash_matches_only_its_password() {
        let hashed = hash("correct horse", &[7; 16]).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", &hashed) && !verify("Correct horse", &hashed) && !verify("correct horse", "nonsense"));
    }
}
