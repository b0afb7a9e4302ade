//! Correcting notifications.
//!
//! A correction reaches every open inbox at once, and mails that are still to be sent.

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
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// Replaces the content of a notification. [`Error::NotFound`] also if it is in no inbox, because it was
    /// only mailed or was recalled.
    pub async fn correct(&self, by: &Actor, id: Uuid, content: Vec<ContentInput>) -> Result<SentNotification> {
        Entry::new(SecurityEvent::Correction).by(by).subject(&id.to_string()).log(self.correct_one(by, id, content)).await
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
