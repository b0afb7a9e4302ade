//! The drafts on the server: the one in the form saves itself a moment after each change, the
//! others wait in a list above it. The browser's own copy (`keep`) bridges that moment.

use std::time::Duration;

use campanile_shared::{
    draft::LONGEST_NAME,
    kept::{KeptDraft, Letter as Stored},
    text,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{attempt::fresh_key, keep::Kept, letter::Letter};
use crate::{
    app::Clock,
    components::{icon::Icon, sidebar::DRAFTS},
    i18n::{format, t},
    json,
    reactive::memo,
    state::State,
};

/// How long nothing is typed before the draft is saved.
const PAUSE: Duration = Duration::from_secs(1);

/// The drafts; a handle that is copied freely.
#[derive(Clone, Copy)]
pub struct Shelf {
    state: State,
    /// The draft in the form; nothing while none was begun.
    pub current: RwSignal<Option<Uuid>>,
    /// Whether the server has it as it is.
    pub saved: RwSignal<bool>,
    /// What is to be saved, and the clock that runs until then.
    waiting: StoredValue<Option<(Kept, TimeoutHandle)>>,
}

/// What a letter is called in the list.
fn title(letter: &Letter) -> String {
    let title = letter.texts.iter().map(|text| text.title.trim()).find(|title| !title.is_empty()).unwrap_or_default();
    text::excerpt(&text::one_line(title), LONGEST_NAME - 1)
}

impl Shelf {
    /// The shelf around the draft in the form; `saved` when the server has it as it is.
    pub fn new(state: State, current: Option<Uuid>, saved: bool) -> Self {
        let shelf = Self { state, current: RwSignal::new(current), saved: RwSignal::new(saved), waiting: StoredValue::new(None) };
        state.fetch_drafts();
        // What was typed last is saved when the page is left.
        on_cleanup(move || shelf.flush());
        shelf
    }

    /// The form holds this now. What is blank is not saved.
    pub fn changed(self, kept: Kept) {
        if kept.letter.is_blank() {
            return;
        }
        self.saved.set(false);
        if self.current.with_untracked(Option::is_none) {
            // Known at once, so that the browser's copy tells which draft it is.
            self.current.set(Some(fresh_key()));
        }
        let clock = set_timeout_with_handle(move || self.flush(), PAUSE);
        let before = self.waiting.try_update_value(|waiting| std::mem::replace(waiting, clock.ok().map(|clock| (kept, clock)))).flatten();
        if let Some((_, clock)) = before {
            clock.clear();
        }
    }

    /// Saves what waits, now.
    pub fn flush(self) {
        let Some((mut kept, clock)) = self.waiting.try_update_value(Option::take).flatten() else { return };
        clock.clear();
        let Self { state, current, saved, .. } = self;
        let Some(id) = current.try_get_untracked().flatten() else { return };
        kept.draft = Some(id);
        let Ok(letter) = serde_json::to_string(&kept) else { return };
        let stored = Stored { title: title(&kept.letter), letter };
        spawn_local(async move {
            // Unsaved, it stays in the browser, and the next change is another occasion.
            let Ok(kept) = state.keep_draft(id, &stored).await else { return };
            state.drafts.update(|list| {
                list.retain(|known| known.id != id);
                list.insert(0, kept);
            });
            // The form may hold another draft or a newer text by now.
            let still = current.try_get_untracked().flatten() == Some(id);
            if still && self.waiting.try_with_value(Option::is_none) == Some(true) {
                saved.try_set(true);
            }
        });
    }

    /// Forgets the draft in the form: it was sent, or discarded.
    pub fn forget(self) {
        if let Some((_, clock)) = self.waiting.try_update_value(Option::take).flatten() {
            clock.clear();
        }
        if let Some(id) = self.current.get_untracked() {
            self.current.set(None);
            self.remove(id);
        }
    }

    fn remove(self, id: Uuid) {
        let state = self.state;
        spawn_local(async move {
            match state.forget_draft(id).await {
                Ok(()) => state.drafts.update(|list| list.retain(|known| known.id != id)),
                Err(error) => state.fail(&error),
            }
        });
    }
}

/// The other drafts; nothing at all while there are none.
#[component]
pub fn Others(
    /// The shelf.
    shelf: Shelf,
    /// Whether the form is blank.
    #[prop(into)]
    blank: Signal<bool>,
    /// Called with a draft to put into the form; nothing stands for a new one.
    on_open: Callback<Option<Kept>>,
) -> impl IntoView {
    let Clock(now) = expect_context();
    let state = State::expect();
    let asked_for = use_location().hash;
    let others = memo(move || {
        let current = shelf.current.get();
        state.drafts.with(|list| list.iter().filter(|known| Some(known.id) != current).cloned().collect::<Vec<_>>())
    });
    let open = move |id: Uuid| {
        shelf.flush();
        // Not tied to its line in the list, which the saving of the other draft makes anew.
        spawn_local(async move {
            match state.draft(id).await {
                Ok(stored) => {
                    // What another version of the console wrote may not be understood.
                    if let Some(kept) = json::read::<Kept>(&stored.letter)
                        && !kept.letter.texts.is_empty()
                        && shelf.current.try_set(Some(id)).is_none()
                    {
                        on_open.run(Some(Kept { draft: Some(id), ..kept }));
                        shelf.saved.set(true);
                    }
                }
                Err(error) => state.fail(&error),
            }
        });
    };
    let another = move |_| {
        shelf.flush();
        shelf.current.set(None);
        on_open.run(None);
    };
    let line = move |draft: KeptDraft| {
        let id = draft.id;
        let title = if draft.title.is_empty() { t::compose_untitled() } else { text::one_line(&draft.title) };
        let label = t::compose_draft_discard(&title);
        let at = format::instant(&draft.saved_at);
        view! {
            <li>
                <button type="button" class="drafts-open" on:click=move |_| open(id)>
                    <bdi>{title}</bdi>
                    <time datetime=draft.saved_at.to_rfc3339() title=format::exact(at)>
                        {move || format::short(at, now.get())}
                    </time>
                </button>
                <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=move |_| shelf.remove(id)>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let count = move || u32::try_from(others.with(Vec::len)).unwrap_or(u32::MAX);
    view! {
        <div class="drafts">
            <details id=DRAFTS hidden=move || others.with(Vec::is_empty) open=move || asked_for.with(|hash| hash.ends_with(DRAFTS))>
                <summary>{t::compose_drafts()} " " <b>{move || format::badge(count())}</b></summary>
                <ul class="card" role="list">{move || others.get().into_iter().map(line).collect_view()}</ul>
            </details>
            <button type="button" class="quiet" hidden=move || blank.get() on:click=another>
                {Icon::Plus.view()}
                {t::compose_draft_new()}
            </button>
        </div>
    }
}
