//! Saved drafts on the server. The draft in the form is saved after a pause in typing; the browser's own copy
//! (`local_draft`) covers that pause.

use std::time::Duration;

use campanile_shared::{limits::MAX_NAME_LENGTH, saved_draft::SavedDraftContent as Stored, text};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{form_data::FormData, local_draft::LocalDraft};
use crate::{random_uuid::random_uuid, state::State};

/// How long typing must pause before the draft is saved.
const AUTOSAVE_DELAY: Duration = Duration::from_secs(1);

/// The saved drafts. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct ServerDrafts {
    state: State,
    /// The ID of the draft in the form; `None` until something is typed.
    pub current_id: RwSignal<Option<Uuid>>,
    /// Whether the server has the current content.
    pub saved: RwSignal<bool>,
    /// The content to save, and the timer that saves it.
    unsaved: StoredValue<Option<(LocalDraft, TimeoutHandle)>>,
}

/// A draft's title in the list.
fn draft_title(letter: &FormData) -> String {
    let title = letter.texts.iter().map(|text| text.title.trim()).find(|title| !title.is_empty()).unwrap_or_default();
    text::excerpt(&text::one_line(title), MAX_NAME_LENGTH - 1)
}

impl ServerDrafts {
    /// The drafts, with the one in the form. `saved` says whether the server has its current content.
    pub fn new(state: State, current: Option<Uuid>, saved: bool) -> Self {
        let shelf = Self { state, current_id: RwSignal::new(current), saved: RwSignal::new(saved), unsaved: StoredValue::new(None) };
        state.fetch_drafts();
        // Typed text is saved when the page is left.
        on_cleanup(move || shelf.save_now());
        shelf
    }

    /// Saves changed content after a pause. Blank content is not saved.
    pub fn schedule_save(self, kept: LocalDraft) {
        if kept.data.is_blank() {
            return;
        }
        self.saved.set(false);
        if self.current_id.with_untracked(Option::is_none) {
            // The ID is set at once, so that the browser's copy has it as well.
            self.current_id.set(Some(random_uuid()));
        }
        let timer = set_timeout_with_handle(move || self.save_now(), AUTOSAVE_DELAY);
        let before = self.unsaved.try_update_value(|waiting| std::mem::replace(waiting, timer.ok().map(|clock| (kept, clock)))).flatten();
        if let Some((_, clock)) = before {
            clock.clear();
        }
    }

    /// Saves unsaved content now.
    pub fn save_now(self) {
        let Some((mut kept, clock)) = self.unsaved.try_update_value(Option::take).flatten() else { return };
        clock.clear();
        let Self { state, current_id: current, saved, .. } = self;
        let Some(id) = current.try_get_untracked().flatten() else { return };
        kept.server_id = Some(id);
        let Ok(letter) = serde_json::to_string(&kept) else { return };
        let stored = Stored { title: draft_title(&kept.data), letter };
        spawn_local(async move {
            // On an error the content stays in the browser, and the next change tries again.
            let Ok(kept) = state.save_draft(id, &stored).await else { return };
            state.update_drafts(|list| {
                list.retain(|known| known.id != id);
                list.insert(0, kept);
            });
            // The form may hold another draft or newer content when the answer arrives.
            let still = current.try_get_untracked().flatten() == Some(id);
            if still && self.unsaved.try_with_value(Option::is_none) == Some(true) {
                saved.try_set(true);
            }
        });
    }

    /// Deletes the draft in the form, because it was sent or discarded.
    pub fn delete_current(self) {
        if let Some((_, clock)) = self.unsaved.try_update_value(Option::take).flatten() {
            clock.clear();
        }
        if let Some(id) = self.current_id.get_untracked() {
            self.current_id.set(None);
            self.delete(id);
        }
    }

    /// Deletes a draft.
    pub fn delete(self, id: Uuid) {
        let state = self.state;
        spawn_local(async move {
            match state.delete_draft(id).await {
                Ok(()) => state.update_drafts(|list| list.retain(|known| known.id != id)),
                Err(error) => state.show_error(&error),
            }
        });
    }
}
