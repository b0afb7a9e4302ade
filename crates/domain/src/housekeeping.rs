//! Housekeeping in small steps: returns snoozed items, removes expired notifications from inboxes and deletes
//! old ones.
//!
//! What cannot be undone does not follow every jump of the clock: see [`crate::SteadyClock`] and
//! [`DeletionTime`](crate::model::deletion_time::DeletionTime).

mod deletion_time;

use crate::{Campanile, Result, security_log::refusal_limit};

/// How many rows one step may change, so that senders never wait long for it.
const BATCH_SIZE: u32 = 500;

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
    pub async fn housekeeping_step(&self) -> Result<Progress> {
        let now = self.now();
        let trusts = self.is_clock_trusted().await;
        let (woken, expired) = match trusts {
            Ok(true) => (self.store.resurface_snoozed(now, BATCH_SIZE).await, self.store.expire(now, BATCH_SIZE).await),
            Ok(false) => (Ok(0), Ok(0)),
            Err(error) => (Err(error), Ok(0)),
        };
        let purged = match self.deletion_time().await {
            Ok(time) => self.store.purge(time, BATCH_SIZE).await,
            Err(error) => Err(error),
        };
        let noted = self.write_api_key_usage().await;
        refusal_limit::write_repeated_refusals();
        let counting = self.has_more_to_count().await;
        let most = woken?.max(expired?).max(purged?);
        noted?;
        Ok(if most >= BATCH_SIZE || counting? { Progress::More } else { Progress::Done })
    }
}
