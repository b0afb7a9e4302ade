//! Drafts that the person keeps on the server.

use campanile_shared::kept::{KeptDraft, Letter};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::State;
use crate::{api::Result, fetched::fetched};

fetched! {
    /// Fetches the list of drafts.
    after_first_paint::lister: fn(State) = State::list_drafts
}

impl State {
    /// Fetches the list of drafts. Without it everything else works as well.
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

    /// One of them.
    pub async fn draft(self, id: Uuid) -> Result<Letter> {
        self.settle(self.api().draft(id).await)
    }

    /// Keeps a draft, in place of the one that has its id.
    pub async fn keep_draft(self, id: Uuid, letter: &Letter) -> Result<KeptDraft> {
        self.settle(self.api().keep_draft(id, letter).await)
    }

    /// Forgets a draft.
    pub async fn forget_draft(self, id: Uuid) -> Result<()> {
        self.settle(self.api().forget_draft(id).await)
    }
}
