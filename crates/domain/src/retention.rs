//! Housekeeping in small steps: what was snoozed comes back, what has expired leaves the inboxes, what
//! is old is deleted.
//!
//! What cannot be taken back does not follow every jump of the clock: see [`crate::SteadyClock`] and
//! [`DeletionTime`].

mod deletion_time;

pub use self::deletion_time::{DeletionTime, Deletions};
use crate::{Campanile, Result, security_log};

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
    /// One step of housekeeping. Each part is done whatever becomes of the others: what makes room must not wait for
    /// what needs some. The first failure is handed back.
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
