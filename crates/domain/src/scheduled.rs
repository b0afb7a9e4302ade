//! Sending later: scheduled notifications, and unscheduled ones that wait until someone sends them.

use uuid::Uuid;

use crate::{
    Campanile, Error, Result, TenantId,
    model::{
        access::{Ability, Actor},
        idempotency::Accepted,
        resolved_audience::ResolvedAudience,
        scheduled::{ScheduledCursor, ScheduledNotification},
    },
    security_log::{Entry, event::SecurityEvent},
};

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
        let entry = Entry::new(SecurityEvent::Recall).by(by).subject(&id.to_string()).detail("scheduled");
        entry
            .log(async {
                by.require(Ability::Send)?;
                self.store.cancel_scheduled(by.tenant(), id).await
            })
            .await
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
        let to = ResolvedAudience::new(tenant, scheduled.to, keys);
        let new = self.build_notification(scheduled.id, self.now(), to, None, scheduled.routing, scheduled.message);
        let accepted = self.store.publish_scheduled(tenant, new).await?;
        self.wake_outbox(&accepted);
        Ok(accepted)
    }
}
