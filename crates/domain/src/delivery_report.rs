//! The delivery report of a notification: whom it reached, what they did with it, and its deliveries.

use std::{pin::pin, time::Duration};

use campanile_shared::{
    delivery::{Delivery, DeliveryPage},
    sent::{ButtonClickPage, RecipientPage},
};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::{
    Campanile, Error, PersonId, Result,
    model::{
        access::{Ability, Actor},
        delivery::FirstAttempts,
    },
};

impl Campanile {
    /// A page of a notification's deliveries, earliest first, after the row `after`.
    pub async fn deliveries(&self, by: &Actor, id: Uuid, after: Option<u64>, limit: u32) -> Result<DeliveryPage> {
        self.require_sent_notification(by, id).await?;
        let _turn = self.search_limiter.acquire(by).await?;
        let (found, counts) = self.store.deliveries(by.tenant(), id, after, limit).await?;
        Ok(DeliveryPage { items: found.items, next: found.next.map(|row| row.to_string()), counts })
    }

    /// The first delivery of a notification, for its sender; `None` if it has none.
    pub async fn first_delivery(&self, by: &Actor, id: Uuid) -> Result<Option<Delivery>> {
        by.require(Ability::Send)?;
        let (found, _) = self.store.deliveries(by.tenant(), id, None, 1).await?;
        Ok(found.into_iter().next())
    }

    /// Tries rejected and given-up deliveries again; returns how many there are.
    pub async fn redeliver(&self, by: &Actor, id: Uuid) -> Result<u32> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        let found = self.store.notification(by.tenant(), id).await?.ok_or(Error::NotFound)?;
        // A recalled notification must not reach anyone any more.
        if found.revised.recalled_at.is_some() {
            return Ok(0);
        }
        let again = self.store.redeliver(by.tenant(), id, self.now()).await?;
        self.delivery_added.notify_one();
        Ok(again)
    }

    /// A page of the people whom a notification reached when it was sent, after the person `after`, with what
    /// each did with it.
    pub async fn recipients(&self, by: &Actor, id: Uuid, after: Option<PersonId>, limit: u32) -> Result<RecipientPage> {
        self.require_sent_notification(by, id).await?;
        let _turn = self.search_limiter.acquire(by).await?;
        let (found, counts) = self.store.recipients(by.tenant(), id, after, limit).await?;
        Ok(RecipientPage { items: found.items, next: found.next.map(|id| id.0.to_string()), counts })
    }

    /// A page of the clicks on a notification's buttons, earliest first, after the row `after`.
    pub async fn button_clicks(&self, by: &Actor, id: Uuid, after: Option<u64>, limit: u32) -> Result<ButtonClickPage> {
        self.require_sent_notification(by, id).await?;
        let found = self.store.button_clicks(by.tenant(), id, after, limit).await?;
        Ok(ButtonClickPage { items: found.items, next: found.next.map(|row| row.to_string()) })
    }

    /// Waits until the first attempt of every delivery of a notification was made, but no longer than
    /// `timeout`. Returns the state by then.
    pub async fn first_attempts(&self, by: &Actor, id: Uuid, timeout: Duration) -> Result<FirstAttempts> {
        by.require(Ability::Send)?;
        let deadline = Instant::now() + timeout;
        loop {
            // Register before looking, so that no record in between is missed.
            let mut settled = pin!(self.attempts_recorded.notified());
            settled.as_mut().enable();
            let tried = self.store.first_attempts(by.tenant(), id).await?;
            if tried != FirstAttempts::Pending || timeout_at(deadline, settled).await.is_err() {
                return Ok(tried);
            }
        }
    }

    async fn require_sent_notification(&self, by: &Actor, id: Uuid) -> Result<()> {
        by.require(Ability::ReadSent)?;
        self.store.notification(by.tenant(), id).await?.map(drop).ok_or(Error::NotFound)
    }
}
