//! How much is sent, by day, severity, component and sender.
//!
//! Counted behind the sending: a row that counts would be written with every notification, for a
//! page that few look at. Housekeeping goes through the new notifications in the order of their
//! rows, in steps, and adds what it found to counters of the day, one write for each step; a page
//! that is asked for has the rest counted first. Each day tells only so many components and senders
//! apart, so that reading a month is bounded whatever is sent.

use campanile_shared::volume::{DAYS, Volume};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    Campanile, Result,
    access::{Ability, Actor},
};

/// How many notifications are counted at once.
const STEP: u32 = 2_000;
/// How many such steps a reader waits for.
const MOST_STEPS: u32 = 10;

/// Whose volume is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Of {
    /// Everybody's.
    All,
    /// A component's; `None` stands for what names none.
    Component(Option<String>),
}

/// The first of the days that are told of.
fn first_day(now: DateTime<Utc>) -> NaiveDate {
    (now - TimeDelta::days(i64::from(DAYS) - 1)).date_naive()
}

impl Campanile {
    /// What was sent in the last days.
    pub async fn volume(&self, by: &Actor, of: &Of) -> Result<Volume> {
        by.require(Ability::Administer)?;
        let _turn = self.searches.turn(by).await?;
        let mut complete = false;
        for _ in 0..MOST_STEPS {
            complete = self.count_volume().await? < STEP;
            if complete {
                break;
            }
        }
        let volume = self.store.volume(by.tenant(), first_day(self.now()), DAYS, of).await?;
        Ok(Volume { complete: complete && volume.complete, ..volume })
    }

    /// Counts a step of what was sent; returns how many notifications that were.
    pub(crate) async fn count_volume(&self) -> Result<u32> {
        // Days before the first are deleted.
        self.store.count_volume(first_day(self.deletion_time().await?), STEP).await
    }

    /// Whether a whole step of them was counted, so that there may be more.
    pub(crate) async fn counts_on(&self) -> Result<bool> {
        Ok(self.count_volume().await? >= STEP)
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
