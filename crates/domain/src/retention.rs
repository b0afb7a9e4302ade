//! Housekeeping in small steps: returns snoozed items, removes expired notifications from inboxes and deletes
//! old ones.
//!
//! What cannot be undone does not follow every jump of the clock: see [`crate::SteadyClock`] and
//! [`DeletionTime`].

mod deletion_time;

pub use self::deletion_time::{DeletionTime, Deletions};
use crate::{Campanile, Result, security_log};

/// How many rows one step may change, so that senders never wait long for it.
const STEP: u32 = 500;

/// Whether more can be done at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// A full step was done: there may be more.
    More,
    /// Nothing is left for now.
    Done,
}

impl Campanile {
    /// One step of housekeeping. A failed part does not keep the others from running, because deleting frees
    /// the space that other parts may need. The first error is returned.
    pub async fn tidy(&self) -> Result<Progress> {
        let now = self.now();
        let trusts = self.trusts_the_clock().await;
        let (woken, expired) = match trusts {
            Ok(true) => (self.store.wake(now, STEP).await, self.store.expire(now, STEP).await),
            Ok(false) => (Ok(0), Ok(0)),
            Err(error) => (Err(error), Ok(0)),
        };
        let purged = match self.deletion_time().await {
            Ok(time) => self.store.purge(time, STEP).await,
            Err(error) => Err(error),
        };
        let noted = self.write_key_uses().await;
        security_log::tell_repeated();
        let counting = self.counts_on().await;
        let most = woken?.max(expired?).max(purged?);
        noted?;
        Ok(if most >= STEP || counting? { Progress::More } else { Progress::Done })
    }
}
