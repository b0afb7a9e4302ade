//! Recalling and correcting notifications.
//!
//! Both reach every open inbox at once. Deliveries that were already made, such as mails, cannot be recalled.

use std::sync::atomic::Ordering;

use campanile_shared::{
    Draft, Recipients,
    draft::{Checked, DraftContent},
    sent::Sent,
};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result,
    access::{Ability, Actor},
    notification::Reviser,
    security_log::{Entry, Event},
};

/// How many deliveries are ended at once.
const STEP: u32 = 1_000;

impl Campanile {
    /// Removes a notification from every inbox and ends its pending deliveries. A repeat changes nothing. Its
    /// content stays visible to those who may see sent notifications.
    pub async fn recall(&self, by: &Actor, id: Uuid) -> Result<Sent> {
        let recalled = self.recall_one(by, id).await;
        Entry::new(Event::Recall).by(by).subject(&id.to_string()).ended(&recalled);
        recalled
    }

    async fn recall_one(&self, by: &Actor, id: Uuid) -> Result<Sent> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        self.store.recall(by.tenant(), id, Reviser::of(by), self.now()).await?;
        while self.store.cancel(by.tenant(), id, self.now(), STEP).await? >= STEP {}
        self.sent_one(by, id).await
    }

    /// Replaces the content of a notification. [`Error::NotFound`] also if it is in no inbox, because it was
    /// only mailed or was recalled.
    pub async fn correct(&self, by: &Actor, id: Uuid, content: Vec<DraftContent>) -> Result<Sent> {
        let corrected = self.correct_one(by, id, content).await;
        Entry::new(Event::Correction).by(by).subject(&id.to_string()).ended(&corrected);
        corrected
    }

    async fn correct_one(&self, by: &Actor, id: Uuid, content: Vec<DraftContent>) -> Result<Sent> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        // The content is validated like that of a new notification.
        let draft = Draft { to: vec![Recipients::Everyone], content, ..Draft::default() };
        let Checked { content, .. } = draft.validate(self.now()).map_err(Error::Invalid)?;
        self.store.correct(by.tenant(), id, content, Reviser::of(by), self.now()).await?;
        // Mails that are still to be sent must have the new content.
        self.corrections.fetch_add(1, Ordering::Relaxed);
        self.sent_one(by, id).await
    }
}
