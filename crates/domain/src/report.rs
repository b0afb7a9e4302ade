//! What became of what was sent: who it reached, and how its deliveries stand.

use campanile_shared::{Person, delivery::DeliveryPage};
use uuid::Uuid;

use crate::{
    Campanile, Error, PersonId, Result,
    access::{Ability, Actor},
};

impl Campanile {
    /// A page of a notification's deliveries, the earliest first, after the row `after`.
    pub async fn deliveries(&self, by: &Actor, id: Uuid, after: Option<u64>, limit: u32) -> Result<DeliveryPage> {
        self.require_sent(by, id).await?;
        let (mut found, counts) = self.store.deliveries(by.tenant(), id, after, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|(row, _)| row.to_string());
        Ok(DeliveryPage { items: found.into_iter().map(|(_, delivery)| delivery).collect(), next, counts })
    }

    /// Tries again what was rejected or given up; returns how many deliveries that are.
    pub async fn redeliver(&self, by: &Actor, id: Uuid) -> Result<u32> {
        by.require(Ability::Send)?;
        self.require_sent(by, id).await?;
        let again = self.store.redeliver(by.tenant(), id, self.now()).await?;
        self.outgoing.notify_one();
        Ok(again)
    }

    /// Those whom a notification reached when it was sent, and where the next page begins.
    pub async fn recipients(&self, by: &Actor, id: Uuid, after: Option<PersonId>, limit: u32) -> Result<(Vec<Person>, Option<PersonId>)> {
        self.require_sent(by, id).await?;
        let mut found = self.store.recipients(by.tenant(), id, after, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|(id, _)| *id);
        Ok((found.into_iter().map(|(_, person)| person).collect(), next))
    }

    async fn require_sent(&self, by: &Actor, id: Uuid) -> Result<()> {
        by.require(Ability::ReadSent)?;
        self.store.notification(by.tenant(), id).await?.map(drop).ok_or(Error::NotFound)
    }
}
