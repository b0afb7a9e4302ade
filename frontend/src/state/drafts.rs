//! The person's saved drafts.

use campanile_shared::kept::{KeptDraft, Letter};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::State;
use crate::{api::Result, fetched::fetched};

fetched! {
    /// Loads the list of drafts.
    after_first_paint::lister: fn(State) = State::list_drafts
}

impl State {
    /// Loads the list of drafts. An error is ignored, because everything else works without it.
    pub fn fetch_drafts(self) {
        spawn_local(async move {
            if let Ok(list) = lister().await {
                list(self);
            }
        });
    }

    fn list_drafts(self) {
        spawn_local(async move {
            if let Ok(drafts) = self.settle(self.api().drafts().await) {
                self.drafts.set(drafts);
            }
        });
    }

    /// A draft.
    pub async fn draft(self, id: Uuid) -> Result<Letter> {
        self.settle(self.api().draft(id).await)
    }

    /// Saves a draft. A draft with the same id is replaced.
    pub async fn keep_draft(self, id: Uuid, letter: &Letter) -> Result<KeptDraft> {
        self.settle(self.api().keep_draft(id, letter).await)
    }

    /// Deletes a draft.
    pub async fn forget_draft(self, id: Uuid) -> Result<()> {
        self.settle(self.api().forget_draft(id).await)
    }
}
