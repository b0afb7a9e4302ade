//! Saved drafts on the server. The draft in the form is saved after a pause in typing; the browser's own copy
//! (`local_draft`) covers that pause. The other drafts are listed above the form.

use std::time::Duration;

use campanile_shared::{
    saved_draft::{SavedDraft, SavedDraftContent as Stored},
    send_request::MAX_NAME_LENGTH,
    text,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{form_data::FormData, idempotency::random_uuid, local_draft::LocalDraft};
use crate::{
    components::icon::Icon,
    context::Clock,
    i18n::{format, t},
    json,
    page::DRAFTS_ANCHOR,
    reactive::memo,
    state::State,
};

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
            state.drafts.update(|list| {
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

    fn delete(self, id: Uuid) {
        let state = self.state;
        spawn_local(async move {
            match state.delete_draft(id).await {
                Ok(()) => state.drafts.update(|list| list.retain(|known| known.id != id)),
                Err(error) => state.show_error(&error),
            }
        });
    }
}

/// The list of other drafts; hidden while there are none.
#[component]
pub fn DraftList(
    /// The saved drafts.
    shelf: ServerDrafts,
    /// Whether the form is blank.
    #[prop(into)]
    blank: Signal<bool>,
    /// Called with a draft to open; `None` for a new one.
    on_open: Callback<Option<LocalDraft>>,
) -> impl IntoView {
    let Clock(now) = expect_context();
    let state = State::expect();
    let url_hash = use_location().hash;
    let others = memo(move || {
        let current = shelf.current_id.get();
        state.drafts.with(|list| list.iter().filter(|known| Some(known.id) != current).cloned().collect::<Vec<_>>())
    });
    let open = move |id: Uuid| {
        shelf.save_now();
        // The task does not belong to the row, which is rendered again when the other draft is saved.
        spawn_local(async move {
            match state.draft(id).await {
                Ok(stored) => {
                    // Another version of the console may have written it in another format.
                    if let Some(kept) = json::parse::<LocalDraft>(&stored.letter)
                        && !kept.data.texts.is_empty()
                        && shelf.current_id.try_set(Some(id)).is_none()
                    {
                        on_open.run(Some(LocalDraft { server_id: Some(id), ..kept }));
                        shelf.saved.set(true);
                    }
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let new_draft = move |_| {
        shelf.save_now();
        shelf.current_id.set(None);
        on_open.run(None);
    };
    let draft_row = move |draft: SavedDraft| {
        let id = draft.id;
        let title = if draft.title.is_empty() { t::compose_untitled() } else { text::one_line(&draft.title) };
        let label = t::compose_draft_discard(&title);
        let at = format::epoch_millis(&draft.saved_at);
        view! {
            <li>
                <button type="button" class="drafts-open" on:click=move |_| open(id)>
                    <bdi>{title}</bdi>
                    <time datetime=draft.saved_at.to_rfc3339() title=format::date_time_exact(at)>
                        {move || format::list_time(at, now.get())}
                    </time>
                </button>
                <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=move |_| shelf.delete(id)>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let count = move || u32::try_from(others.with(Vec::len)).unwrap_or(u32::MAX);
    view! {
        <div class="drafts">
            <details id=DRAFTS_ANCHOR hidden=move || others.with(Vec::is_empty) open=move || url_hash.with(|hash| hash.ends_with(DRAFTS_ANCHOR))>
                <summary>{t::compose_drafts()} " " <b>{move || format::badge(count())}</b></summary>
                <ul class="card" role="list">{move || others.get().into_iter().map(draft_row).collect_view()}</ul>
            </details>
            <button type="button" class="quiet" hidden=move || blank.get() on:click=new_draft>
                {Icon::Plus.view()}
                {t::compose_draft_new()}
            </button>
        </div>
    }
}
