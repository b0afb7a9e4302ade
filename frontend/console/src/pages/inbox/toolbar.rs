//! The header of the list: its title and counts, its actions, its views, and the filters or the actions for the
//! selection.

use campanile_shared::{Filter, View, preferences::SavedView, text};
use leptos::prelude::*;

use super::{context::InboxContext, filters::Filters, list_actions::LazyListActions, selection_bar::LazySelectionBar};
use crate::{
    components::inbox_views::{saved_view_name, view_href, view_title},
    i18n::t,
    inbox_url::InboxUrl,
    reactive::{effect, memo},
    state::Phase,
};

/// The header.
#[component]
pub fn Toolbar() -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let filter = memo(move || context.url_state.with(|place| place.filter.clone()));
    let view = memo(move || filter.with(|filter| filter.view));
    let is_unfiltered = memo(move || filter.with(Filter::is_whole_view));
    let name = memo(move || filter.with(|filter| saved_view_name(state, filter)));
    let counts = memo(move || state.counts.with(|counts| counts.counts()));
    let counts_text = move || {
        let counts = counts.get();
        (is_unfiltered.get()).then(|| match view.get() {
            View::Inbox => format!("{}, {}", t::count_notifications(counts.total), t::count_unread(counts.unread)),
            View::Unread => t::count_notifications(counts.unread),
            _ => String::new(),
        })
    };
    let is_selecting = memo(move || context.select_mode.get() || context.selection.with(|selection| !selection.is_empty()));
    // The actions are loaded once the list is there.
    let listed = RwSignal::new(false);
    effect(move || {
        if state.inbox.with(|list| list.phase != Phase::Loading) && !listed.get_untracked() {
            listed.set(true);
        }
    });
    let saved = memo(move || state.me().map(|me| me.preferences.views).unwrap_or_default());
    let saved_view_link = move |saved: SavedView| {
        let href = InboxUrl { filter: saved.filter.clone(), item: None }.href();
        view! {
            <a href=href dir="auto" aria-current=move || filter.with(|filter| *filter == saved.filter).then_some("page")>
                {text::one_line(&saved.name)}
            </a>
        }
    };
    view! {
        <header class="inbox-header">
            <div class="inbox-heading">
                <h1 dir="auto">{move || name.get().unwrap_or_else(|| view_title(view.get()))} <span>{counts_text}</span></h1>
                <div class="list-actions" hidden=is_selecting>
                    <Show when=move || listed.get()>
                        <LazyListActions/>
                    </Show>
                </div>
            </div>
            <nav class="inbox-views" aria-label=t::view()>
                {[View::Inbox, View::Unread, View::Snoozed, View::Dismissed]
                    .map(|this| {
                        view! {
                            <a href=view_href(this) aria-current=move || (view.get() == this && name.get().is_none()).then_some("page")>
                                {view_title(this)}
                            </a>
                        }
                    })
                    .collect_view()}
                {move || saved.get().into_iter().map(saved_view_link).collect_view()}
            </nav>
            <Show when=move || is_selecting.get() fallback=|| view! { <Filters/> }>
                <LazySelectionBar/>
            </Show>
        </header>
    }
}
