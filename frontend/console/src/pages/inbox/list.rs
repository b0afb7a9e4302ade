//! The list of items, as a virtual list: only the rows near the visible part are in the document.

use std::sync::Arc;

use campanile_shared::Filter;
use leptos::{html, prelude::*};
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
        if let Some(viewport) = Viewport::of(scroller) {
            scroll_top.set(viewport.top());
            height.set(viewport.element.client_height());
        }
    };
    let listeners = ["resize", "scroll"].map(|event| window_event_listener_untyped(event, move |_| measure()));
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
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
        let (Some((id, focus)), Some(_)) = (context.scroll_to.get(), scroller.get()) else { return };
        context.scroll_to.set(None);
        let Some((top, bottom)) = layout.with_untracked(|layout| layout.bounds(id)) else { return };
        let scroll = move || {
            let Some(viewport) = Viewport::of(scroller) else { return };
            let (seen, size) = (viewport.top(), viewport.element.client_height());
            let above = top < seen + virtual_list::HEADING_HEIGHT;
            viewport.scroll_to(if above { (top - virtual_list::HEADING_HEIGHT).max(0) } else { seen.max(bottom - size) });
            measure();
        };
        scroll();
        if focus {
            request_animation_frame(move || {
                // The detail may have hidden the list until now.
                scroll();
                if !focus_title(id) {
                    request_animation_frame(move || {
                        focus_title(id);
                    });
                }
            });
        }
    });

    let filter = memo(move || context.url_state.with(|place| place.filter.clone()));
    effect(move || {
        filter.with(|_| ());
        if let Some(viewport) = Viewport::of(scroller).filter(|viewport| viewport.top() > 0) {
            viewport.scroll_to(0);
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

/// What scrolls the rows: the list, or the page in short windows.
struct Viewport {
    element: web_sys::Element,
    /// Where the list begins in it, in CSS pixels.
    start: i32,
}

/// The windows in which the page scrolls. The style sheets have the same value.
const SHORT_WINDOW: &str = "(max-height: 480px)";

impl Viewport {
    /// The viewport of a list; `None` if the list is not on the page.
    fn of(list: NodeRef<html::Div>) -> Option<Self> {
        let list = list.get_untracked()?;
        let short = window().match_media(SHORT_WINDOW).ok().flatten().is_some_and(|query| query.matches());
        Some(match document().document_element().filter(|_| short) {
            Some(page) => {
                #[expect(clippy::cast_possible_truncation, reason = "pages are shorter")]
                let top = list.get_bounding_client_rect().top() as i32;
                Self { start: top + page.scroll_top(), element: page }
            }
            None => Self { element: list.into(), start: 0 },
        })
    }

    /// The first visible pixel of the list.
    fn top(&self) -> i32 {
        self.element.scroll_top() - self.start
    }

    fn scroll_to(&self, top: i32) {
        self.element.set_scroll_top(top + self.start);
    }
}

/// Keeps the visible rows in place when rows are added or removed above them.
fn keep_scroll_position(scroller: NodeRef<html::Div>, layout: Memo<Arc<Layout>>) {
    let mut before: Option<Arc<Layout>> = None;
    effect(move || {
        let now = layout.get();
        if let (Some(before), Some(viewport)) = (before.replace(Arc::clone(&now)), Viewport::of(scroller)) {
            let seen = viewport.top();
            if let Some(moved) = now.scroll_shift(&before, seen).filter(|moved| *moved != 0 && seen > virtual_list::HEADING_HEIGHT) {
                viewport.scroll_to(seen + moved);
            }
        }
    });
}

/// Focuses the title of an item. Returns whether its row is in the document.
fn focus_title(id: Uuid) -> bool {
    let title = document().query_selector(&format!("[data-item=\"{id}\"] .row-title")).ok().flatten();
    // If it cannot take the focus, the focus stays where it is.
    title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()).map(|title| title.focus()).is_some()
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
