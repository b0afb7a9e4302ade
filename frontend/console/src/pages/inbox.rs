//! The page “Inbox”: the list of items beside the opened one. The URL says what is listed and opened.

mod action_buttons;
mod active_item;
mod attachments;
mod context;
mod detail;
mod empty_state;
mod export_links;
mod filters;
mod grouping;
mod item_actions;
mod item_row;
mod list;
mod list_actions;
mod list_end;
pub mod notification_article;
mod notification_buttons;
mod previous_next;
mod row_pool;
mod save_view_dialog;
mod selection;
mod selection_bar;
mod shortcuts;
mod snooze_dialog;
mod toolbar;
pub mod virtual_list;
mod why_received;

use std::sync::Arc;

use campanile_shared::Item;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wasm_bindgen::JsCast;

use self::{
    context::InboxContext,
    detail::LazyNotificationDetail,
    item_actions::UserInput,
    list::ItemList,
    save_view_dialog::SaveViewDialog,
    selection::Selection,
    shortcuts::{Shortcut, shortcut_for},
    snooze_dialog::SnoozeDialog,
    toolbar::Toolbar,
    virtual_list::Layout,
};
use crate::{
    components::{icon::Icon, shortcuts::is_page_shortcut},
    i18n::{format, t},
    inbox_url::InboxUrl,
    reactive::{effect, memo},
    state::{LoadedList, State},
};

/// The page.
#[component]
pub fn Inbox() -> impl IntoView {
    let state = State::expect();
    let query = use_query_map();
    let url_state = memo(move || query.with(|query| InboxUrl::from_query(|name| query.get(name))));
    let navigate = use_navigate();
    let go_to: Arc<dyn Fn(InboxUrl, bool) + Send + Sync> =
        Arc::new(move |place, replace| navigate(&place.path(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() }));
    let unfolded = RwSignal::new(Vec::new());
    let density = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.density).unwrap_or_default()));
    // Other changes of the list's state do not change its items.
    let list_changes = memo(move || state.inbox.with(|list| list.version));
    let layout = memo(move || {
        let instant = |item: &Item| format::epoch_millis(&item.accepted_at);
        let lay_out = |list: &LoadedList| {
            unfolded.with(|unfolded| {
                Layout::new(
                    &list.items,
                    virtual_list::row_height(density.get()),
                    |item| list.section(item),
                    instant,
                    format::local_day_range,
                    unfolded,
                )
            })
        };
        // `get`, not `track`: a memo that nothing reads never runs.
        list_changes.get();
        Arc::new(state.inbox.with_untracked(lay_out))
    });
    let context = InboxContext {
        state,
        url_state,
        selection: RwSignal::default(),
        select_mode: RwSignal::default(),
        active_item: RwSignal::default(),
        scroll_to: RwSignal::default(),
        snooze_dialog: RwSignal::default(),
        save_view_dialog: RwSignal::default(),
        dismissing_all: RwSignal::default(),
        layout,
        expanded_groups: unfolded,
        navigate: StoredValue::new(go_to),
    };
    provide_context(context);

    let filter = memo(move || url_state.with(|place| place.filter.clone()));
    effect(move || {
        state.show_filter(filter.get());
        unfolded.update(Vec::clear);
        context.clear_selection();
        context.active_item.set(None);
    });
    effect(move || {
        list_changes.get();
        if !context.selection.with_untracked(Selection::is_empty) {
            context.selection.update(|selection| selection.retain(&context.item_ids()));
        }
    });
    let keys = window_event_listener(ev::keydown, move |event| {
        if !is_page_shortcut(&event) {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_within = |selector: &str| target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some());
        let Some(command) = shortcut_for(&event.key(), event.shift_key(), is_within(".inbox-list")) else { return };
        // Other links, and buttons, handle this key themselves.
        if command == Shortcut::Open && is_within("a:not(.row-title), button, input, summary") {
            return;
        }
        event.prevent_default();
        context.handle(UserInput::Shortcut(command));
    });
    on_cleanup(move || keys.remove());

    // Items that arrive while the page is hidden are new when the person returns.
    let mark_seen_and_leave = move || {
        state.begin_viewing();
        state.end_viewing();
    };
    let hidden = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            mark_seen_and_leave();
        }
    });
    on_cleanup(move || {
        hidden.remove();
        mark_seen_and_leave();
    });

    let open = memo(move || url_state.with(|place| place.item));
    view! {
        <main id="content" class="inbox" class:open=move || open.get().is_some() tabindex="-1">
            <section class="inbox-list" aria-label=t::page_inbox()>
                <Toolbar/>
                <ItemList/>
            </section>
            <section class="detail" aria-label=t::notification()>
                {move || match open.get() {
                    Some(id) => view! { <LazyNotificationDetail id/> }.into_any(),
                    None => view! { <div class="blank">{Icon::Inbox.view()} <p>{t::inbox_choose()}</p></div> }.into_any(),
                }}
            </section>
            <SnoozeDialog/>
            <SaveViewDialog/>
        </main>
    }
}
