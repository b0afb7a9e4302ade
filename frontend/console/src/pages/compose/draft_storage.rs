//! Where the form's content is stored while it is written: in the browser at once, on the server after a pause.

use campanile_shared::{Language, Me};
use leptos::prelude::*;

use super::{
    form_data::{FormData, first_language},
    form_state::FormState,
    idempotency::IdempotentRequest,
    local_draft::{LocalDraft, LocalDraftStore},
    server_drafts::ServerDrafts,
};
use crate::{
    i18n::{self, t},
    reactive::{effect, memo},
    state::State,
};

/// The stored form. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct DraftStorage {
    /// The form.
    pub form: FormState,
    /// The drafts on the server.
    pub server: ServerDrafts,
    /// The last attempt to send the content, while its result is unknown.
    pub attempt: RwSignal<Option<IdempotentRequest>>,
    /// Whether the form is blank.
    pub blank: Memo<bool>,
    me: StoredValue<Me>,
    local: StoredValue<LocalDraftStore>,
    /// Whether the browser has the content.
    stored_locally: RwSignal<bool>,
    /// The content that was discarded last, until something is typed.
    discarded: RwSignal<Option<FormData>>,
}

/// An empty form in the person's language.
fn new_form_data(me: &Me) -> FormData {
    let console_language = i18n::current().tag.parse().unwrap_or_else(|_| Language::english());
    FormData::new(&first_language(&console_language, &me.person.languages))
}

impl DraftStorage {
    /// The form with the content that the browser has, or an empty one. Changes are stored from now on.
    pub fn load(state: State, me: StoredValue<Me>) -> Self {
        let local = me.with_value(|me| LocalDraftStore::new(&me.tenant, &me.person.login));
        let known = local.load().unwrap_or_else(|| LocalDraft { data: me.with_value(new_form_data), ..LocalDraft::default() });
        let LocalDraft { data, attempt, server_id, saved } = known;
        let server = ServerDrafts::new(state, server_id, saved);
        let form = FormState::new(data);
        let storage = Self {
            form,
            server,
            attempt: RwSignal::new(attempt),
            blank: memo(move || form.data.with(FormData::is_blank)),
            me,
            local: StoredValue::new(local),
            stored_locally: RwSignal::new(false),
            discarded: RwSignal::new(None),
        };
        storage.watch();
        storage
    }

    fn watch(self) {
        let Self { form, server, attempt, blank, local, stored_locally, discarded, .. } = self;
        // Every change is saved in the browser at once, so nothing is lost if the tab is closed.
        effect(move || {
            let now =
                LocalDraft { data: form.data.get(), attempt: attempt.get(), server_id: server.current_id.get(), saved: server.saved.get() };
            stored_locally.set(local.with_value(|local| local.save(&now)));
        });
        // The copy on the server follows after a pause in typing.
        Effect::new(move |before: Option<FormData>| {
            let data = form.data.get();
            if before.as_ref().map_or(!server.saved.get_untracked(), |before| *before != data) {
                let attempt = attempt.get_untracked();
                server.schedule_save(LocalDraft { data: data.clone(), attempt, server_id: None, saved: true });
            }
            data
        });
        effect(move || {
            if !blank.get() {
                discarded.set(None);
            }
        });
    }

    /// The content in the browser's storage.
    pub fn local_store(self) -> LocalDraftStore {
        self.local.get_value()
    }

    /// Shows a draft; without one, an empty form.
    pub fn open(self, draft: Option<LocalDraft>) {
        let opened = draft.unwrap_or_else(|| LocalDraft { data: self.me.with_value(new_form_data), ..LocalDraft::default() });
        self.attempt.set(opened.attempt);
        self.discarded.set(None);
        self.form.reset(opened.data);
    }

    /// Deletes the draft and empties the form.
    pub fn clear(self) {
        self.attempt.set(None);
        self.server.delete_current();
        self.form.reset(self.me.with_value(new_form_data));
    }

    /// The same for content that was not sent. It can be restored.
    pub fn discard(self) {
        self.discarded.set(Some(self.form.data.get_untracked()));
        self.clear();
    }

    fn restore(self) {
        if let Some(data) = self.discarded.get_untracked() {
            self.form.reset(data);
        }
    }
}

/// Says where the content is stored, with a button that discards or restores it.
#[component]
pub fn DraftStatus(
    /// The stored form.
    storage: DraftStorage,
    /// Called to discard the content.
    on_discard: Callback<()>,
) -> impl IntoView {
    let saved = storage.server.saved;
    move || match (storage.blank.get(), storage.discarded.with(Option::is_some), storage.stored_locally.get()) {
        (true, true, _) => view! {
            <span>{t::compose_discarded()}</span>
            <button type="button" class="quiet" on:click=move |_| storage.restore()>
                {t::undo()}
            </button>
        }
        .into_any(),
        (false, _, stored) if stored || saved.get() => view! {
            <span>{if saved.get() { t::compose_saved() } else { t::compose_kept() }}</span>
            <button type="button" class="quiet" on:click=move |_| on_discard.run(())>
                {t::compose_discard()}
            </button>
        }
        .into_any(),
        (false, ..) => view! { <span>{t::compose_not_kept()}</span> }.into_any(),
        _ => ().into_any(),
    }
}
