//! Send volume: how much is sent, by day, severity, component and sender.
//!
//! Counting happens after sending, because a counter updated with every notification would be costly for a
//! page that few people open. Housekeeping goes through new notifications in batches and adds them to
//! counters per day, with one write per batch. Opening the page counts the rest first. Each day has a limited
//! number of components and senders, so that reading a month takes bounded time.

use campanile_shared::volume::{VOLUME_DAYS, Volume};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    Campanile, Result,
    model::{
        access::{Ability, Actor},
        volume_filter::VolumeFilter,
    },
};

/// How many notifications are counted in one batch.
const BATCH_SIZE: u32 = 2_000;

/// How many batches a reader waits for.
const MAX_STEPS: u32 = 10;

/// The first day of the report.
fn first_day(now: DateTime<Utc>) -> NaiveDate {
    (now - TimeDelta::days(i64::from(VOLUME_DAYS) - 1)).date_naive()
}

impl Campanile {
    /// What was sent in the last days.
    pub async fn volume(&self, by: &Actor, of: &VolumeFilter) -> Result<Volume> {
        by.require(Ability::Administer)?;
        let _turn = self.search_limiter.acquire(by).await?;
        let mut complete = false;
        for _ in 0..MAX_STEPS {
            complete = self.count_volume().await? < BATCH_SIZE;
            if complete {
                break;
            }
        }
        let volume = self.store.volume(by.tenant(), first_day(self.now()), VOLUME_DAYS, of).await?;
        Ok(Volume { complete: complete && volume.complete, ..volume })
    }

    /// Counts a batch of notifications; returns how many there were.
    pub(crate) async fn count_volume(&self) -> Result<u32> {
        // The counts of earlier days are deleted.
        self.store.count_volume(first_day(self.deletion_time().await?), BATCH_SIZE).await
    }

    /// Counts a batch and returns whether it was full, so that there may be more.
    pub(crate) async fn has_more_to_count(&self) -> Result<bool> {
        Ok(self.count_volume().await? >= BATCH_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_end_today() {
        for (now, first) in
            [("2026-03-30T00:00:00Z", "2026-03-01"), ("2026-03-30T23:59:59Z", "2026-03-01"), ("2026-03-31T00:00:00Z", "2026-03-02")]
        {
            assert_eq!(first_day(now.parse().unwrap()).to_string(), first, "{now}");
        }
    }
}
