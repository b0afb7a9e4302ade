//! Sending later: what waits for its time, and drafts that wait for somebody.

use campanile_shared::Audience;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result, TenantId,
    access::{Ability, Actor},
    delivery::Ways,
    notification::Message,
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

/// How many are sent in one step.
const STEP: u32 = 100;
/// How many are listed.
const MOST_LISTED: u32 = 1_000;

impl Campanile {
    /// What the tenant has scheduled, the next first, and drafts.
    pub async fn scheduled(&self, by: &Actor) -> Result<Vec<Scheduled>> {
        by.require(Ability::ReadSent)?;
        self.store.scheduled(by.tenant(), MOST_LISTED).await
    }

    /// Forgets something scheduled, or a draft.
    pub async fn unschedule(&self, by: &Actor, id: Uuid) -> Result<()> {
        by.require(Ability::Send)?;
        self.store.unschedule(by.tenant(), id).await
    }

    /// Sends something scheduled, or a draft, now.
    pub async fn send_now(&self, by: &Actor, id: Uuid) -> Result<Accepted> {
        by.require(Ability::Send)?;
        let found = self.store.scheduled(by.tenant(), MOST_LISTED).await?.into_iter().find(|one| one.id == id);
        self.publish(by.tenant(), found.ok_or(Error::NotFound)?).await
    }

    /// Sends what is due, a step of it; returns how many.
    pub async fn send_due(&self) -> Result<usize> {
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
        self.outgoing.notify_one();
        Ok(accepted)
    }
}
