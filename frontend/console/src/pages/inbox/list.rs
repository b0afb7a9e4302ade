//! The list of items, as a virtual list: only the rows near the visible part are in the document.

use std::sync::Arc;

use campanile_shared::Filter;
use leptos::{ev, html, prelude::*};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    context::InboxContext,
    empty_state::LazyEmptyState,
    item_row::{ItemRow, css_px},
    list_end::LazyListEnd,
    row_pool::RowPool,
    virtual_list::{self, Layout},
};
use crate::{
    i18n::t,
    reactive::{effect, memo},
    state::Phase,
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
        layout.with(|layout| layout.last_new(seen_up_to))
    });
    let visible_range = memo(move || layout.with(|layout| layout.visible_range(scroll_top.get(), height.get())));
    let row_pool = RowPool::new(NodeRef::new());
    effect(move || row_pool.show(layout.with(|layout| visible_range.get().filter_map(|place| layout.visible_row(place)).collect())));

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
        let near = visible_range.with(|drawn| drawn.end + PREFETCH_ROWS >= layout.with(|layout| layout.len()));
        let ready = state.inbox.with(|list| list.phase == Phase::Ready && list.next.is_some());
        if near && ready {
            let count = layout.with(|layout| layout.len());
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
        let Some((top, bottom)) = layout.with_untracked(|layout| layout.bounds(id)) else { return };
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
    let empty = memo(move || layout.with(|layout| layout.is_empty()));
    let phase = memo(move || state.inbox.with(|list| list.phase.clone()));
    let incomplete = memo(move || state.inbox.with(|list| list.incomplete));
    view! {
        <Show when=move || incomplete.get() && !empty.get()>
            <p class="inbox-incomplete" role="status">{t::inbox_incomplete()}</p>
        </Show>
        <div class="inbox-scroll" node_ref=scroller on:scroll=move |_| measure()>
            <Show when=move || !empty.get() fallback=move || view! { <ListPlaceholder phase filter/> }>
                <ul role="list" class="inbox-items" node_ref=row_pool.list style:height=move || css_px(layout.with(|layout| layout.height()))>
                    {row_pool.mount(move |row| view! { <ItemRow row last_new/> }.into_any())}
                </ul>
                <LazyListEnd phase stalled/>
            </Show>
        </div>
    }
}

/// Keeps the visible rows in place when rows are added or removed above them.
fn keep_scroll_position(scroller: NodeRef<html::Div>, layout: Memo<Arc<Layout>>) {
    let mut before: Option<Arc<Layout>> = None;
    effect(move || {
        let now = layout.get();
        if let (Some(before), Some(scroller)) = (before.replace(Arc::clone(&now)), scroller.get_untracked()) {
            let seen = scroller.scroll_top();
            if let Some(moved) = now.scroll_shift(&before, seen).filter(|moved| *moved != 0 && seen > virtual_list::HEADING_HEIGHT) {
                scroller.set_scroll_top(seen + moved);
            }
        }
    });
}

fn focus_title(id: Uuid) {
    let title = document().query_selector(&format!("[data-item=\"{id}\"] .row-title")).ok().flatten();
    if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
        // The row may have left the page; then nothing is focused.
        let _ = title.focus();
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
