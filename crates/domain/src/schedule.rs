//! Sending later: what waits for its time, and drafts that wait for somebody.

use std::{fmt, str::FromStr};

use campanile_shared::Audience;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result, TenantId,
    access::{Ability, Actor},
    delivery::Ways,
    notification::Message,
    security_log::{Entry, Event},
    store::Accepted,
};

/// A notification that is to be sent later.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Scheduled {
    /// The id it will have.
    pub id: Uuid,
    /// When it is sent; a draft has no time.
    pub due_at: Option<DateTime<Utc>>,
    /// Who it is for: whoever that is when it is sent.
    pub to: Audience,
    /// Where it goes.
    pub ways: Ways,
    /// What it says.
    pub message: Message,
}

/// The place of something scheduled in the order of its tenant's: by time, drafts last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// When it is sent; absent for a draft.
    pub due_at: Option<DateTime<Utc>>,
    /// Which.
    pub id: Uuid,
}

/// The word of a place that is a draft's.
const DRAFT: &str = "draft";

impl fmt::Display for Place {
    /// `<microseconds since 1970 UTC, or draft>~<id>`: opaque to clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due_at {
            Some(at) => write!(f, "{}~{}", at.timestamp_micros(), self.id),
            None => write!(f, "{DRAFT}~{}", self.id),
        }
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (at, id) = text.split_once('~')?;
            let due_at = if at == DRAFT { None } else { Some(DateTime::from_timestamp_micros(at.parse().ok()?)?) };
            Some(Self { due_at, id: id.parse().ok()? })
        };
        read().ok_or(Error::NotFound)
    }
}

/// How many are sent in one step.
const STEP: u32 = 100;

impl Campanile {
    /// A page of what the tenant has scheduled, the next first, and drafts; and where the next begins.
    pub async fn scheduled(&self, by: &Actor, after: Option<Place>, limit: u32) -> Result<(Vec<Scheduled>, Option<Place>)> {
        by.require(Ability::ReadSent)?;
        let found = self.store.scheduled(by.tenant(), after, limit).await?;
        Ok((found.items, found.next))
    }

    /// Forgets something scheduled, or a draft.
    pub async fn unschedule(&self, by: &Actor, id: Uuid) -> Result<()> {
        let done = match by.require(Ability::Send) {
            Ok(()) => self.store.unschedule(by.tenant(), id).await,
            Err(error) => Err(error),
        };
        Entry::new(Event::Recall).by(by).subject(&id.to_string()).detail("scheduled").ended(&done);
        done
    }

    /// Sends something scheduled, or a draft, now.
    pub async fn send_now(&self, by: &Actor, id: Uuid) -> Result<Accepted> {
        by.require(Ability::Send)?;
        let found = self.store.scheduled_one(by.tenant(), id).await?.ok_or(Error::NotFound)?;
        self.publish(by.tenant(), found).await
    }

    /// Sends what is due, a step of it; returns how many.
    pub async fn send_due(&self) -> Result<usize> {
        if !self.trusts_the_clock().await? {
            return Ok(0);
        }
        let due = self.store.due(self.now(), STEP).await?;
        let found = due.len();
        for (tenant, scheduled) in due {
            match self.publish(tenant, scheduled).await {
                // Somebody else sent it or took it back.
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Whoever has left meanwhile is not reached; nobody else is kept from it by that.
    async fn publish(&self, tenant: TenantId, scheduled: Scheduled) -> Result<Accepted> {
        let mut keys = Vec::with_capacity(scheduled.to.len());
        for recipients in &scheduled.to {
            keys.extend(self.key_of(tenant, recipients).await?);
        }
        keys.sort_unstable();
        keys.dedup();
        let now = self.now();
        let new = self.notification(scheduled.id, now, scheduled.to, keys, None, scheduled.ways, scheduled.message);
        let accepted = self.store.publish(tenant, new).await?;
        self.wake_outbox(&accepted);
        Ok(accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        let id = Uuid::from_u128(7);
        for due_at in [None, DateTime::from_timestamp_micros(1), DateTime::from_timestamp_micros(-1)] {
            let place = Place { due_at, id };
            assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
        for text in ["", "draft", "draft~", "~", "1~x", "x~00000000-0000-0000-0000-000000000007", "99999999999999999999~"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
