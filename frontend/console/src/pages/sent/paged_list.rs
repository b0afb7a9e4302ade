//! The list of sent notifications, fetched page by page.

use std::sync::Arc;

use campanile_shared::sent::SentNotification as Notification;
use leptos::{prelude::*, task::spawn_local};

use crate::{api::Error, error_text, i18n::t, state::State};

/// The pages of the list fetched so far.
#[derive(Clone, Default)]
pub struct PagedList {
    /// The notifications, newest first.
    pub items: Vec<Arc<Notification>>,
    /// The cursor of the next page; `None` after the last one.
    pub next: Option<String>,
    /// Whether a request is in progress.
    pub loading: bool,
    /// Whether there was an answer yet.
    pub loaded: bool,
    /// Why the last page could not be fetched.
    pub error: Option<Error>,
}

/// Fetches the first or the next page of the list.
pub fn fetch_next_page(state: State, list: RwSignal<PagedList>) {
    if list.with_untracked(|list| list.loading) {
        return;
    }
    let cursor = list.with_untracked(|list| list.next.clone());
    list.update(|list| {
        list.loading = true;
        list.error = None;
    });
    spawn_local(async move {
        let answer = state.sent_notifications(cursor.as_deref()).await;
        list.try_update(|list| {
            list.loading = false;
            list.loaded = true;
            match answer {
                Ok(page) => {
                    // Pages follow a cursor, so notifications sent meanwhile move nothing.
                    list.items.extend(page.items.into_iter().map(Arc::new));
                    list.next = page.next;
                }
                Err(error) => list.error = Some(error),
            }
        });
    });
}

/// The button that fetches the next page.
#[component]
pub fn LoadMore(
    /// The list.
    list: RwSignal<PagedList>,
) -> impl IntoView {
    let state = State::expect();
    let failed = move || list.with(|list| list.error.as_ref().map(error_text::explain));
    view! {
        <div class="sent-more">
            <p class="field-error" role="alert">
                {failed}
            </p>
            {move || match list.with(|list| (list.next.is_some() || list.error.is_some(), list.loading)) {
                (true, busy) => view! {
                    <button type="button" class="quiet" aria-disabled=busy.to_string() on:click=move |_| fetch_next_page(state, list)>
                        {t::sent_more()}
                    </button>
                }
                .into_any(),
                (false, _) => view! { <span class="sent-end">{t::inbox_end()}</span> }.into_any(),
            }}
        </div>
    }
}
