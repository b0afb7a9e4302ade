//! Sending later: scheduled notifications, and unscheduled ones that wait until someone sends them.

use std::{fmt, str::FromStr};

use campanile_shared::Audience;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result, TenantId,
    access::{Ability, Actor},
    delivery::Routing,
    notification::Message,
    security_log::{Entry, SecurityEvent},
    store::Accepted,
};

/// A notification that is to be sent later.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ScheduledNotification {
    /// The id it will have.
    pub id: Uuid,
    /// When it is sent; `None` if it is unscheduled.
    pub due_at: Option<DateTime<Utc>>,
    /// Its audience, looked up when it is sent.
    pub to: Audience,
    /// Where it goes.
    pub routing: Routing,
    /// Its content and metadata.
    pub message: Message,
}

/// A cursor in the tenant's list of scheduled notifications: by time, unscheduled ones last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ScheduledCursor {
    /// When it is sent; `None` if it is unscheduled.
    pub due_at: Option<DateTime<Utc>>,
    /// The notification's id.
    pub id: Uuid,
}

/// Stands for the time of an unscheduled one in a cursor.
const UNSCHEDULED: &str = "draft";

impl fmt::Display for ScheduledCursor {
    /// `<microseconds since 1970 UTC, or draft>~<id>`: opaque to clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due_at {
            Some(at) => write!(f, "{}~{}", at.timestamp_micros(), self.id),
            None => write!(f, "{UNSCHEDULED}~{}", self.id),
        }
    }
}

impl FromStr for ScheduledCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (at, id) = text.split_once('~')?;
            let due_at = if at == UNSCHEDULED { None } else { Some(DateTime::from_timestamp_micros(at.parse().ok()?)?) };
            Some(Self { due_at, id: id.parse().ok()? })
        };
        read().ok_or(Error::NotFound)
    }
}

/// How many are sent in one step.
const BATCH_SIZE: u32 = 100;

impl Campanile {
    /// A page of the tenant's scheduled notifications, the next to be sent first, and the cursor of the next
    /// page.
    pub async fn scheduled(
        &self,
        by: &Actor,
        after: Option<ScheduledCursor>,
        limit: u32,
    ) -> Result<(Vec<ScheduledNotification>, Option<ScheduledCursor>)> {
        by.require(Ability::ReadSent)?;
        let found = self.store.scheduled(by.tenant(), after, limit).await?;
        Ok((found.items, found.next))
    }

    /// Removes a scheduled or unscheduled notification without sending it.
    pub async fn cancel_scheduled(&self, by: &Actor, id: Uuid) -> Result<()> {
        let done = match by.require(Ability::Send) {
            Ok(()) => self.store.cancel_scheduled(by.tenant(), id).await,
            Err(error) => Err(error),
        };
        Entry::new(SecurityEvent::Recall).by(by).subject(&id.to_string()).detail("scheduled").finished(&done);
        done
    }

    /// Sends a scheduled or unscheduled notification now.
    pub async fn send_now(&self, by: &Actor, id: Uuid) -> Result<Accepted> {
        by.require(Ability::Send)?;
        let found = self.store.scheduled_notification(by.tenant(), id).await?.ok_or(Error::NotFound)?;
        self.publish_scheduled(by.tenant(), found).await
    }

    /// Sends a batch of those that are due; returns how many.
    pub async fn send_due(&self) -> Result<usize> {
        if !self.is_clock_trusted().await? {
            return Ok(0);
        }
        let due = self.store.due_scheduled(self.now(), BATCH_SIZE).await?;
        let found = due.len();
        for (tenant, scheduled) in due {
            match self.publish_scheduled(tenant, scheduled).await {
                // Someone else sent or removed it in the meantime.
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Sends a scheduled notification. People who were removed in the meantime are left out; the others still
    /// get it.
    async fn publish_scheduled(&self, tenant: TenantId, scheduled: ScheduledNotification) -> Result<Accepted> {
        let mut keys = Vec::with_capacity(scheduled.to.len());
        for recipients in &scheduled.to {
            keys.extend(self.audience_key(tenant, recipients).await?);
        }
        keys.sort_unstable();
        keys.dedup();
        let now = self.now();
        let new = self.build_notification(scheduled.id, now, scheduled.to, keys, None, scheduled.routing, scheduled.message);
        let accepted = self.store.publish_scheduled(tenant, new).await?;
        self.wake_outbox(&accepted);
        Ok(accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        let id = Uuid::from_u128(7);
        for due_at in [None, DateTime::from_timestamp_micros(1), DateTime::from_timestamp_micros(-1)] {
            let place = ScheduledCursor { due_at, id };
            assert_eq!(place.to_string().parse::<ScheduledCursor>().unwrap(), place);
        }
        for text in ["", "draft", "draft~", "~", "1~x", "x~00000000-0000-0000-0000-000000000007", "99999999999999999999~"] {
            assert!(text.parse::<ScheduledCursor>().is_err(), "{text}");
        }
    }
}
