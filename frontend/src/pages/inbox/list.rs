//! The list of items, as a virtual list: only the rows near the visible part are in the document.

use std::sync::Arc;

use campanile_shared::{Filter, inbox::Action, text};
use leptos::{ev, html, prelude::*};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    action_buttons::{self, BUTTON_SLOTS, action_button},
    context::InboxContext,
    empty_state::{LazyEmptyState, LazyListEnd},
    item_actions::UserInput,
    row_pool::{self, RowPool},
    virtual_list::{self, Heading, Layout},
};
use crate::{
    components::{icon::Icon, notification_row::NotificationRow},
    context::Clock,
    i18n::{format, t},
    reactive::{effect, memo},
    state::{Phase, item_list::Section},
};

/// The next page is fetched when this many rows or fewer are left below the visible part.
const PREFETCH_ROWS: usize = 12;

/// After this many pages that added no row, because all their items joined a group, the next page is fetched
/// only on request.
const MAX_EMPTY_FETCHES: u32 = 4;

/// The list, or what is shown instead of it.
#[component]
pub fn ItemList() -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let scroller = NodeRef::<html::Div>::new();
    let scroll_top = RwSignal::new(0);
    let height = RwSignal::new(800);
    let layout = context.layout;
    // How many rows there were at the last fetch, and how many consecutive fetches added none.
    let last_fetch = StoredValue::new((0, 0));
    let stalled = RwSignal::new(false);
    let last_new = memo(move || {
        let seen_up_to = state.inbox.with(|list| list.seen_up_to);
        layout.with(|lines| lines.last_new(seen_up_to))
    });
    let visible_range = memo(move || layout.with(|lines| lines.visible_range(scroll_top.get(), height.get())));
    let row_pool = RowPool::new(NodeRef::new());
    effect(move || row_pool.show(layout.with(|lines| visible_range.get().filter_map(|place| lines.visible_row(place)).collect())));

    let measure = move || {
        if let Some(scroller) = scroller.get_untracked() {
            scroll_top.set(scroller.scroll_top());
            height.set(scroller.client_height());
        }
    };
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    effect(move || {
        if scroller.get().is_some() {
            request_animation_frame(measure);
        }
    });
    // Fetches the next page before the person reaches the end of this one.
    effect(move || {
        let near = visible_range.with(|drawn| drawn.end + PREFETCH_ROWS >= layout.with(|lines| lines.len()));
        let ready = state.inbox.with(|list| list.phase == Phase::Ready && list.next.is_some());
        if near && ready {
            let count = layout.with(|lines| lines.len());
            let (before, empty_fetches) = last_fetch.get_value();
            let empty_fetches = if count == before { empty_fetches + 1 } else { 0 };
            last_fetch.set_value((count, empty_fetches));
            stalled.set(empty_fetches >= MAX_EMPTY_FETCHES);
            if empty_fetches < MAX_EMPTY_FETCHES {
                state.fetch_more();
            }
        }
    });
    keep_scroll_position(scroller, layout);
    effect(move || {
        let (Some((id, focus)), Some(scroller)) = (context.scroll_to.get(), scroller.get()) else { return };
        context.scroll_to.set(None);
        let Some((top, bottom)) = layout.with_untracked(|lines| lines.bounds(id)) else { return };
        let (seen, size) = (scroller.scroll_top(), scroller.client_height());
        let wanted =
            if top < seen + virtual_list::HEADING_HEIGHT { (top - virtual_list::HEADING_HEIGHT).max(0) } else { seen.max(bottom - size) };
        scroller.set_scroll_top(wanted);
        measure();
        if focus {
            request_animation_frame(move || focus_title(id));
        }
    });

    let filter = memo(move || context.url_state.with(|place| place.filter.clone()));
    effect(move || {
        filter.with(|_| ());
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
            measure();
        }
    });
    let empty = memo(move || layout.with(|lines| lines.is_empty()));
    let phase = memo(move || state.inbox.with(|list| list.phase.clone()));
    let incomplete = memo(move || state.inbox.with(|list| list.incomplete));
    view! {
        <Show when=move || incomplete.get() && !empty.get()>
            <p class="inbox-incomplete" role="status">{t::inbox_incomplete()}</p>
        </Show>
        <div class="inbox-scroll" node_ref=scroller on:scroll=move |_| measure()>
            <Show when=move || !empty.get() fallback=move || view! { <ListPlaceholder phase filter/> }>
                <ul role="list" class="inbox-items" node_ref=row_pool.list style:height=move || css_px(layout.with(|lines| lines.height()))>
                    {row_pool.mount(move |row| view! { <ItemRow row last_new/> }.into_any())}
                </ul>
                <LazyListEnd phase stalled/>
            </Show>
        </div>
    }
}

/// Keeps the visible rows in place when rows are added or removed above them.
fn keep_scroll_position(scroller: NodeRef<html::Div>, lines: Memo<Arc<Layout>>) {
    Effect::new(move |before: Option<Arc<Layout>>| {
        let now = lines.get();
        if let (Some(before), Some(scroller)) = (before, scroller.get_untracked()) {
            let seen = scroller.scroll_top();
            if let Some(moved) = now.scroll_shift(&before, seen).filter(|moved| *moved != 0 && seen > virtual_list::HEADING_HEIGHT) {
                scroller.set_scroll_top(seen + moved);
            }
        }
        now
    });
}

/// A length in CSS pixels.
fn css_px(distance: i32) -> String {
    format!("{distance}px")
}

fn focus_title(id: Uuid) {
    let title = document().query_selector(&format!("[data-item=\"{id}\"] .row-title")).ok().flatten();
    if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
        // The row may have left the page; then nothing is focused.
        let _ = title.focus();
    }
}

/// A row of the list, with the heading of its day or section if it is the first one below it.
#[component]
fn ItemRow(
    /// The pooled row, and what it shows.
    row: row_pool::PooledRow,
    /// The key of the last row with a new item; the line “new above” is below it.
    last_new: Memo<Option<Uuid>>,
) -> impl IntoView {
    let (sight, idle) = (RwSignal::from(row.content), RwSignal::from(row.idle));
    let context: InboxContext = expect_context();
    let state = context.state;
    let Clock(now) = expect_context();
    let item = memo(move || sight.with(|sight| Arc::clone(&sight.row.item)));
    let id = memo(move || sight.with(|sight| sight.row.item.id));
    let key = memo(move || sight.with(|sight| sight.row.key()));
    let group = memo(move || sight.with(|sight| (sight.row.group_size(), !sight.row.collapsed().is_empty())));
    let heading = memo(move || sight.with(|sight| sight.heading));
    let title = memo(move || item.with(|item| text::one_line(&item.title)));
    let href = memo(move || context.url_state.with(|place| place.with_item(Some(id.get())).href()));
    let current = memo(move || context.url_state.with(|place| place.item == Some(id.get())));
    let selected = memo(move || context.selection.with(|selection| selection.contains(id.get())));
    let item_state = memo(move || item.with(|item| item.state));
    let select = move |range: bool| {
        let (id, order) = (id.get_untracked(), context.item_ids());
        let ids = context.group_of(id);
        context.selection.update(|selection| if range { selection.extend_to(id, &order) } else { selection.toggle_group(&ids, &order) });
        context.active_item.set(Some(id));
    };
    let open_item = move |event: ev::MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
            select(true);
        } else {
            context.active_item.set(Some(id.get_untracked()));
        }
    };
    let checked = move |event: ev::MouseEvent| {
        select(event.shift_key());
        // The checkbox shows the selection, which may differ from what the click made of it.
        let checked = context.selection.with_untracked(|selection| selection.contains(id.get_untracked()));
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            input.set_checked(checked);
        }
    };
    // Every state has the same number of buttons, so that a button keeps the focus when its action changes.
    let button = move |slot: usize| {
        let action = move || action_button(slot, item_state.get());
        view! {
            <button
                class="icon-button"
                type="button"
                hidden=move || action().is_none()
                title=move || action().map(|(_, _, name)| name())
                aria-label=move || action().map(|(action, ..)| title.with(|title| action_label(action, title)))
                on:click=move |_| context.handle(UserInput::Button(action_buttons::action_button(slot, item_state.get_untracked()), context.group_of(id.get_untracked())))
            >
                {Icon::dynamic(move || action().map_or(Icon::Check, |(_, icon, _)| icon))}
            </button>
        }
    };
    let buttons = (0..BUTTON_SLOTS).rev().map(button).collect_view();
    let row_count = move || {
        state
            .inbox
            .with(|list| if list.next.is_some() { -1 } else { i64::try_from(context.layout.with(|lines| lines.len())).unwrap_or(-1) })
    };
    let toggle_group = move |_| {
        let group_key = item.with_untracked(|item| virtual_list::group_key(item));
        context.expanded_groups.update(|unfolded| match unfolded.iter().position(|known| *known == group_key) {
            Some(place) => drop(unfolded.swap_remove(place)),
            None => unfolded.push(group_key),
        });
    };
    view! {
        <li
            hidden=idle
            style:top=move || css_px(sight.with(|sight| sight.row.top()))
            data-item=move || (!idle.get()).then(|| id.get().to_string())
            aria-setsize=move || row_count().to_string()
            aria-posinset=move || sight.with(|sight| (sight.index + 1).to_string())
        >
            {move || heading.get().map(|heading| view! { <h2 class="inbox-day">{move || heading_text(heading, now.get())}</h2> })}
            <div
            class="inbox-line"
            class:selected=selected
            class:selecting=move || context.select_mode.get() || context.selection.with(|selection| !selection.is_empty())
            on:focusin=move |_| context.active_item.set(Some(id.get_untracked()))
        >
            <NotificationRow item href now current on_open=Callback::new(open_item)>
                {buttons}
            </NotificationRow>
            <Show when=move || { group.get().0 > 1 }>
                <button
                    class="inbox-fold chip"
                    type="button"
                    aria-expanded=move || (!group.get().1).to_string()
                    aria-label=move || title.with(|title| t::storm(group.get().0, title))
                    on:click=toggle_group
                >
                    <bdi>"×" {move || format::number(f64::from(group.get().0))}</bdi>
                </button>
            </Show>
            <label class="inbox-check">
                <input
                    type="checkbox"
                    prop:checked=selected
                    aria-label=move || title.with(|title| t::select_item(title))
                    on:click=checked
                />
            </label>
            </div>
            <Show when=move || last_new.get() == Some(key.get())>
                <p class="inbox-new-line">{t::bell_new_above()}</p>
            </Show>
        </li>
    }
}

fn heading_text(heading: Heading, now: format::EpochMillis) -> String {
    match heading {
        Heading::Section(Section::Pinned) => t::pinned(),
        Heading::Section(_) => t::returned(),
        Heading::Day(at) => format::day_heading(at, now),
    }
}

/// The label of an action with the item's title, for screen readers.
fn action_label(action: Action, title: &str) -> String {
    match action {
        Action::Read => t::mark_read_item(title),
        Action::Unread => t::mark_unread_item(title),
        Action::Dismiss => t::dismiss_item(title),
        Action::Restore => t::restore_item(title),
        Action::Snooze => t::snooze_item(title),
        Action::Unsnooze => t::unsnooze_item(title),
        Action::Pin => t::pin_item(title),
        Action::Unpin => t::unpin_item(title),
    }
}

/// What is shown while there are no items.
#[component]
fn ListPlaceholder(
    /// The list's phase.
    phase: Memo<Phase>,
    /// The list's filter.
    filter: Memo<Filter>,
) -> impl IntoView {
    let loading = memo(move || matches!(phase.get(), Phase::Loading | Phase::LoadingMore));
    move || {
        if !loading.get() {
            return view! { <LazyEmptyState phase filter/> }.into_any();
        }
        view! {
            <div class="skeleton" role="status">
                <span class="visually-hidden">{t::loading()}</span>
                {(0..6).map(|_| view! { <div class="skeleton-row"><i></i><i></i><i></i></div> }).collect_view()}
            </div>
        }
        .into_any()
    }
}
