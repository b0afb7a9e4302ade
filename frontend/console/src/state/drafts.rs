//! The person's saved drafts.

use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::State;
use crate::api::Result;

impl State {
    /// Loads the list of drafts. An error is ignored, because everything else works without it.
    pub fn fetch_drafts(self) {
        spawn_local(async move {
            if let Ok(drafts) = self.handle_session_error(self.api().drafts().await) {
                self.drafts.set(Some(drafts));
            }
        });
    }

    /// Changes the list of drafts after one was saved or deleted.
    pub fn update_drafts(self, change: impl FnOnce(&mut Vec<SavedDraft>)) {
        self.drafts.update(|drafts| change(drafts.get_or_insert_default()));
    }

    /// A draft.
    pub async fn draft(self, id: Uuid) -> Result<SavedDraftContent> {
        self.handle_session_error(self.api().draft(id).await)
    }

    /// Saves a draft. A draft with the same id is replaced.
    pub async fn save_draft(self, id: Uuid, letter: &SavedDraftContent) -> Result<SavedDraft> {
        self.handle_session_error(self.api().save_draft(id, letter).await)
    }

    /// Deletes a draft.
    pub async fn delete_draft(self, id: Uuid) -> Result<()> {
        self.handle_session_error(self.api().delete_draft(id).await)
    }
}
