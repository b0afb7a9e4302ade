//! Reading what was sent.

use campanile_shared::sent::{SentNotification, SentPage};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result,
    model::access::{Ability, Actor},
};

impl Campanile {
    /// A page of the tenant's sent notifications, newest first.
    pub async fn sent_page(&self, by: &Actor, before: Option<u64>, limit: u32) -> Result<SentPage> {
        let (found, next) = self.notifications(by, before, limit).await?;
        Ok(SentPage { items: found.into_iter().map(crate::Notification::into_sent).collect(), next: next.map(|next| next.to_string()) })
    }

    /// The same page as it is stored, for dialects, and the sequence below which the next begins.
    pub async fn notifications(&self, by: &Actor, before: Option<u64>, limit: u32) -> Result<(Vec<crate::Notification>, Option<u64>)> {
        by.require(Ability::ReadSent)?;
        let found = self.store.notifications(by.tenant(), before, limit).await?;
        Ok((found.items, found.next))
    }

    /// One sent notification of the tenant.
    pub async fn sent_notification(&self, by: &Actor, id: Uuid) -> Result<SentNotification> {
        by.require(Ability::ReadSent)?;
        let found = self.store.notification(by.tenant(), id).await?;
        found.map(crate::Notification::into_sent).ok_or(Error::NotFound)
    }
}
