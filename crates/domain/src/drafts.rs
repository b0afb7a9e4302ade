//! Saved drafts. Each person has several, which only they can see, in any browser. Their content is defined
//! by the console.

use campanile_shared::{
    FieldError,
    kept::{KeptDraft, Letter, MOST_DRAFTS},
    problem::FieldFault,
};
use uuid::Uuid;

use crate::{
    Campanile, Error, Person, Result,
    access::{Ability, Actor},
};

impl Campanile {
    /// The person's saved drafts, last saved first.
    pub async fn drafts(&self, who: &Person) -> Result<Vec<KeptDraft>> {
        self.store.drafts(who.tenant, who.id).await
    }

    /// One saved draft.
    pub async fn draft(&self, who: &Person, id: Uuid) -> Result<Letter> {
        self.store.draft(who.tenant, who.id, id).await?.ok_or(Error::NotFound)
    }

    /// Saves a draft, replacing the one with its id. Requires the permission to send.
    pub async fn keep_draft(&self, who: &Person, id: Uuid, letter: Letter) -> Result<KeptDraft> {
        Actor::Person(who.clone()).require(Ability::Send)?;
        let faults = letter.check();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let kept = KeptDraft { id, title: letter.title, saved_at: self.now() };
        if self.store.keep_draft(who.tenant, who.id, kept.clone(), letter.letter, MOST_DRAFTS as u32).await? {
            Ok(kept)
        } else {
            Err(Error::Invalid(vec![FieldError::beyond("", FieldFault::TooMany, MOST_DRAFTS)]))
        }
    }

    /// Deletes a saved draft; does nothing if there is none.
    pub async fn forget_draft(&self, who: &Person, id: Uuid) -> Result<()> {
        self.store.forget_draft(who.tenant, who.id, id).await
    }
}
