//! The list of the person's other drafts, above the form.

use campanile_shared::{saved_draft::SavedDraft, text};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{local_draft::LocalDraft, server_drafts::ServerDrafts};
use crate::{
    components::icon::Icon,
    context::Clock,
    i18n::{format, t},
    json,
    page::DRAFTS_ANCHOR,
    reactive::memo,
    state::State,
};

/// The list of other drafts; hidden while there are none.
#[component]
pub fn DraftList(
    /// The saved drafts.
    drafts: ServerDrafts,
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
        let current = drafts.current_id.get();
        state.drafts.with(|list| list.iter().flatten().filter(|known| Some(known.id) != current).cloned().collect::<Vec<_>>())
    });
    let open = move |id: Uuid| {
        drafts.save_now();
        // The task does not belong to the row, which is rendered again when the other draft is saved.
        spawn_local(async move {
            match state.draft(id).await {
                Ok(stored) => {
                    // Another version of the console may have written it in another format.
                    if let Some(kept) = json::parse::<LocalDraft>(&stored.letter)
                        && !kept.data.texts.is_empty()
                        && drafts.current_id.try_set(Some(id)).is_none()
                    {
                        on_open.run(Some(LocalDraft { server_id: Some(id), ..kept }));
                        drafts.saved.set(true);
                    }
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let new_draft = move |_| {
        drafts.save_now();
        drafts.current_id.set(None);
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
                <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=move |_| drafts.delete(id)>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let count = move || format::saturating_u32(others.with(Vec::len));
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
