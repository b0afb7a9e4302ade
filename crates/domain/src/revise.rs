//! Taking back what was sent, and correcting what it says.
//!
//! Both reach every open bell at once, by the way that tells inboxes of what went away. What was
//! delivered outside stays where it is: nobody can take back a mail.

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
    /// Takes a notification out of every inbox and ends what is still to be delivered of it; doing
    /// it again changes nothing. Its text stays for those who may see what was sent.
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

    /// Has a notification say something else from now on. [`Error::NotFound`] also when it is in no
    /// inbox: there is nothing to correct about a mail, and what was recalled stays so.
    pub async fn correct(&self, by: &Actor, id: Uuid, content: Vec<DraftContent>) -> Result<Sent> {
        let corrected = self.correct_one(by, id, content).await;
        Entry::new(Event::Correction).by(by).subject(&id.to_string()).ended(&corrected);
        corrected
    }

    async fn correct_one(&self, by: &Actor, id: Uuid, content: Vec<DraftContent>) -> Result<Sent> {
        by.require(Ability::Send)?;
        by.require(Ability::ReadSent)?;
        // The rules are those of what is sent.
        let draft = Draft { to: vec![Recipients::Everyone], content, ..Draft::default() };
        let Checked { content, .. } = draft.validate(self.now()).map_err(Error::Invalid)?;
        self.store.correct(by.tenant(), id, content, Reviser::of(by), self.now()).await?;
        // What is still to be mailed says the new text.
        self.corrections.fetch_add(1, Ordering::Relaxed);
        self.sent_one(by, id).await
    }
}
