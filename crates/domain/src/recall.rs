//! Recalling notifications.
//!
//! A recall reaches every open inbox at once. Deliveries that were already made, such as mails, cannot be
//! recalled.

use campanile_shared::sent::SentNotification;
use uuid::Uuid;

use crate::{
    Campanile, Result,
    model::{
        access::{Ability, Actor},
        notification::Reviser,
    },
    security_log::{Entry, event::SecurityEvent},
};

/// How many deliveries are ended at once.
const BATCH_SIZE: u32 = 1_000;

impl Campanile {
    /// Removes a notification from every inbox and ends its pending deliveries. A repeat changes nothing. Its
    /// content stays visible to those who may see sent notifications.
    pub async fn recall(&self, by: &Actor, id: Uuid) -> Result<SentNotification> {
        let entry = Entry::new(SecurityEvent::Recall).by(by).subject(&id.to_string());
        entry
            .log(async {
                by.require(Ability::Send)?;
                by.require(Ability::ReadSent)?;
                self.store.recall(by.tenant(), id, Reviser::of(by), self.now()).await?;
                while self.store.cancel_deliveries(by.tenant(), id, self.now(), BATCH_SIZE).await? >= BATCH_SIZE {}
                self.sent_notification(by, id).await
            })
            .await
    }
}
