//! Recalling and correcting notifications.
//!
//! Both reach every open inbox at once. Deliveries that were already made, such as mails, cannot be recalled.

use std::sync::atomic::Ordering;

use campanile_shared::{
    Recipients, SendRequest,
    send_request::{ContentInput, ValidatedContent},
    sent::SentNotification,
};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result,
    model::{
        access::{Ability, Actor},
        notification::Reviser,
    },
    security_log::{Entry, SecurityEvent},
};

/// How many deliveries are ended at once.
const BATCH_SIZE: u32 = 1_000;

impl Campanile {
    /// Removes a notification from every inbox and ends its pending deliveries. A repeat changes nothing. Its
    /// content stays visible to those who may see sent notifications.
    pub async fn recall(&self, by: &Actor, id: Uuid) -> Result<SentNotification> {
        let recalled = self.recall_one(by, id).await;
        Entry::new(SecurityEvent::Recall).by(by).subject(&id.to_string()).finished(&recalled);
        recalled
    }

    async fn recall_one(&self, by: &Actor, id: Uuid) -> Result<SentNotification> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        self.store.recall(by.tenant(), id, Reviser::of(by), self.now()).await?;
        while self.store.cancel_deliveries(by.tenant(), id, self.now(), BATCH_SIZE).await? >= BATCH_SIZE {}
        self.sent_notification(by, id).await
    }

    /// Replaces the content of a notification. [`Error::NotFound`] also if it is in no inbox, because it was
    /// only mailed or was recalled.
    pub async fn correct(&self, by: &Actor, id: Uuid, content: Vec<ContentInput>) -> Result<SentNotification> {
        let corrected = self.correct_one(by, id, content).await;
        Entry::new(SecurityEvent::Correction).by(by).subject(&id.to_string()).finished(&corrected);
        corrected
    }

    async fn correct_one(&self, by: &Actor, id: Uuid, content: Vec<ContentInput>) -> Result<SentNotification> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        // The content is validated like that of a new notification.
        let draft = SendRequest { to: vec![Recipients::Everyone], content, ..SendRequest::default() };
        let ValidatedContent { content, .. } = draft.validate(self.now()).map_err(Error::Invalid)?;
        self.store.correct(by.tenant(), id, content, Reviser::of(by), self.now()).await?;
        // Mails that are still to be sent must have the new content.
        self.correction_count.fetch_add(1, Ordering::Relaxed);
        self.sent_notification(by, id).await
    }
}
