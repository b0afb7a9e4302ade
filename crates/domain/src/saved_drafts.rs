//! Saved drafts. Each person has several, which only they can see, in any browser. Their content is defined
//! by the console.

use campanile_shared::{
    FieldError,
    limits::MAX_DRAFTS,
    problem::FieldErrorCode,
    saved_draft::{SavedDraft, SavedDraftContent},
};
use uuid::Uuid;

use crate::{
    Campanile, Error, Person, Result,
    model::access::{Ability, Actor},
};

impl Campanile {
    /// The person's saved drafts, last saved first.
    pub async fn saved_drafts(&self, who: &Person) -> Result<Vec<SavedDraft>> {
        self.store.saved_drafts(who.tenant, who.id).await
    }

    /// One saved draft.
    pub async fn saved_draft(&self, who: &Person, id: Uuid) -> Result<SavedDraftContent> {
        self.store.saved_draft(who.tenant, who.id, id).await?.ok_or(Error::NotFound)
    }

    /// Saves a draft, replacing the one with its id. Requires the permission to send.
    pub async fn save_draft(&self, who: &Person, id: Uuid, letter: SavedDraftContent) -> Result<SavedDraft> {
        Actor::Person(who.clone()).require(Ability::Send)?;
        let faults = letter.check();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let kept = SavedDraft { id, title: letter.title, saved_at: self.now() };
        if self.store.save_draft(who.tenant, who.id, kept.clone(), letter.letter, MAX_DRAFTS as u32).await? {
            Ok(kept)
        } else {
            Err(Error::Invalid(vec![FieldError::with_limit("", FieldErrorCode::TooMany, MAX_DRAFTS)]))
        }
    }

    /// Deletes a saved draft; does nothing if there is none.
    pub async fn delete_draft(&self, who: &Person, id: Uuid) -> Result<()> {
        self.store.delete_draft(who.tenant, who.id, id).await
    }
}
