//! Housekeeping in small steps: what was snoozed comes back, what has expired leaves the inboxes, what
//! is old is deleted.
//!
//! What cannot be taken back does not follow every jump of the clock: see [`crate::SteadyClock`] and
//! [`DeletionTime`].

mod deletion_time;

pub use self::deletion_time::{DeletionTime, Deletions};
use crate::{Campanile, Result};

/// How many rows one step may touch, so that senders never wait long for it.
const STEP: u32 = 500;

/// Whether there is more to do at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// A full step was done: another may follow.
    More,
    /// Nothing is left for now.
    Done,
}

impl Campanile {
    /// One step of housekeeping.
    pub async fn tidy(&self) -> Result<Progress> {
        let now = self.now();
        let (woken, expired) =
            if self.trusts_the_clock().await? { (self.store.wake(now, STEP).await?, self.store.expire(now, STEP).await?) } else { (0, 0) };
        let purged = self.store.purge(self.deletion_time().await?, STEP).await?;
        self.write_key_uses().await?;
        let counting = self.counts_on().await?;
        Ok(if woken.max(expired).max(purged) >= STEP || counting { Progress::More } else { Progress::Done })
    }
}
