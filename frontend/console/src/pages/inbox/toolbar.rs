//! The header of the list: its title and counts, its views, and the filters or the actions for the selection.

use campanile_shared::{Filter, View, inbox::Action, preferences::SavedView, text};
use leptos::prelude::*;

use super::{context::InboxContext, filters::Filters, selection_bar::LazySelectionBar};
use crate::{
    components::{
        icon::Icon,
        inbox_views::{saved_view_name, view_href, view_title},
    },
    i18n::t,
    inbox_url::InboxUrl,
    reactive::memo,
    state::mutations::ItemAction,
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
    let is_empty = memo(move || state.inbox.with(|list| list.items.is_empty()));
    let saved = memo(move || state.me().map(|me| me.preferences.views).unwrap_or_default());
    let saved_view_link = move |saved: SavedView| {
        let href = InboxUrl { filter: saved.filter.clone(), item: None }.href();
        view! {
            <a href=href dir="auto" aria-current=move || filter.with(|filter| *filter == saved.filter).then_some("page")>
                {text::one_line(&saved.name)}
            </a>
        }
    };
    let apply_to_all = move |action: Action| state.change_matching(ItemAction::from(action), filter.get_untracked());
    view! {
        <header class="inbox-header">
            <div class="inbox-heading">
                <h1 dir="auto">{move || name.get().unwrap_or_else(|| view_title(view.get()))} <span>{counts_text}</span></h1>
                <button class="icon-button" type="button" title=t::this_view() aria-label=t::this_view() on:click=move |_| context.save_view_dialog.set(true)>
                    {Icon::More.view()}
                </button>
                <Show when=move || view.get() != View::Dismissed>
                    <button
                        class="icon-button"
                        type="button"
                        title=t::mark_all_read()
                        aria-label=t::mark_all_read()
                        disabled=is_empty
                        on:click=move |_| apply_to_all(Action::Read)
                    >
                        {Icon::Read.view()}
                    </button>
                    <button
                        class="icon-button"
                        type="button"
                        title=t::dismiss_all()
                        aria-label=t::dismiss_all()
                        disabled=is_empty
                        on:click=move |_| apply_to_all(Action::Dismiss)
                    >
                        {Icon::Checks.view()}
                    </button>
                </Show>
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
