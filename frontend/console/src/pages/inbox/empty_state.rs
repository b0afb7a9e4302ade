//! What an empty list shows.

use campanile_shared::{Filter, View};
use leptos::prelude::*;

use super::context::InboxContext;
use crate::{
    components::{icon::Icon, load_error::LoadErrorView},
    error_text,
    i18n::t,
    lazy::view::lazy_view,
    state::Phase,
};

lazy_view! {
    /// Says why the list is empty. Loaded on demand.
    after_first_paint::load_empty_state: LazyEmptyState(phase: Memo<Phase>, filter: Memo<Filter>) = view! { <EmptyState phase filter/> }
}

/// Says why the list is empty.
#[component]
pub fn EmptyState(
    /// The list's phase.
    phase: Memo<Phase>,
    /// The list's filter.
    filter: Memo<Filter>,
) -> impl IntoView {
    let context: InboxContext = expect_context();
    let retry = move |()| context.state.show_filter(filter.get_untracked());
    move || match phase.get() {
        Phase::Loading | Phase::LoadingMore => ().into_any(),
        Phase::Failed(error) | Phase::MoreFailed(error) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(retry)/>
        }
        .into_any(),
        Phase::Ready if context.state.inbox.with(|list| list.incomplete && list.next.is_some()) => view! {
            <div class="blank" role="status">
                {Icon::MagnifyingGlass.view()} <strong>{t::inbox_empty_filter()}</strong> <p>{t::inbox_incomplete()}</p>
                <button class="quiet" type="button" on:click=move |_| context.state.fetch_more()>
                    {t::inbox_older()}
                </button>
            </div>
        }
        .into_any(),
        Phase::Ready => {
            let filter = filter.get();
            let is_filtered = !filter.is_whole_view();
            let (icon, title, hint) = match (is_filtered, filter.view) {
                (true, _) => (Icon::MagnifyingGlass, t::inbox_empty_filter(), t::inbox_empty_filter_hint()),
                (_, View::Inbox) => (Icon::Inbox, t::inbox_empty(), t::inbox_empty_hint()),
                (_, View::Unread) => (Icon::Read, t::inbox_empty_unread(), t::inbox_empty_unread_hint()),
                (_, View::Pinned) => (Icon::Pin, t::inbox_empty_pinned(), t::inbox_empty_pinned_hint()),
                (_, View::Snoozed) => (Icon::Clock, t::inbox_empty_snoozed(), t::inbox_empty_snoozed_hint()),
                (_, View::Dismissed) => (Icon::Check, t::inbox_empty_dismissed(), t::inbox_empty_dismissed_hint()),
            };
            view! { <div class="blank" role="status">{icon.view()} <strong>{title}</strong> <p>{hint}</p></div> }.into_any()
        }
    }
}
