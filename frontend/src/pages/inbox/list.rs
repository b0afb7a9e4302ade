//! The list of items, as a virtual list: only the rows near the visible part are in the document.

use std::sync::Arc;

use campanile_shared::{Filter, inbox::Action, text};
use leptos::{ev, html, prelude::*};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    Desk,
    commands::Wish,
    deeds::{self, PLACES, choice},
    recycler::{self, Recycler},
    window::{self, Heading, Lines},
};
use crate::{
    app::Clock,
    components::{icon::Icon, row::Row},
    i18n::{format, t},
    pages::later::{AtTheEnd, WhyEmpty},
    reactive::{effect, memo},
    state::{Phase, list::Section},
};

/// The next page is fetched when this many rows or fewer are left below the visible part.
const NEAR_THE_END: usize = 12;

/// After this many pages that added no row, because all their items joined a group, the next page is fetched
/// only on request.
const MOST_IN_VAIN: u32 = 4;

/// The list, or what is shown instead of it.
#[component]
pub fn ItemList() -> impl IntoView {
    let desk: Desk = expect_context();
    let state = desk.state;
    let scroller = NodeRef::<html::Div>::new();
    let scrolled = RwSignal::new(0);
    let height = RwSignal::new(800);
    let lines = desk.lines;
    // How many rows there were at the last fetch, and how many consecutive fetches added none.
    let brought = StoredValue::new((0, 0));
    let stalled = RwSignal::new(false);
    let last_new = memo(move || {
        let seen_up_to = state.inbox.with(|list| list.seen_up_to);
        lines.with(|lines| lines.last_new(seen_up_to))
    });
    let drawn = memo(move || lines.with(|lines| lines.visible(scrolled.get(), height.get())));
    let recycler = Recycler::new(NodeRef::new());
    effect(move || recycler.show(lines.with(|lines| drawn.get().filter_map(|place| lines.sight(place)).collect())));

    let measure = move || {
        if let Some(scroller) = scroller.get_untracked() {
            scrolled.set(scroller.scroll_top());
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
        let near = drawn.with(|drawn| drawn.end + NEAR_THE_END >= lines.with(|lines| lines.len()));
        let ready = state.inbox.with(|list| list.phase == Phase::Ready && list.next.is_some());
        if near && ready {
            let count = lines.with(|lines| lines.len());
            let (before, vain) = brought.get_value();
            let vain = if count == before { vain + 1 } else { 0 };
            brought.set_value((count, vain));
            stalled.set(vain >= MOST_IN_VAIN);
            if vain < MOST_IN_VAIN {
                state.fetch_more();
            }
        }
    });
    hold_still(scroller, lines);
    effect(move || {
        let (Some((id, focus)), Some(scroller)) = (desk.reveal.get(), scroller.get()) else { return };
        desk.reveal.set(None);
        let Some((top, bottom)) = lines.with_untracked(|lines| lines.position(id)) else { return };
        let (seen, size) = (scroller.scroll_top(), scroller.client_height());
        let wanted = if top < seen + window::HEADING { (top - window::HEADING).max(0) } else { seen.max(bottom - size) };
        scroller.set_scroll_top(wanted);
        measure();
        if focus {
            request_animation_frame(move || focus_title(id));
        }
    });

    let filter = memo(move || desk.place.with(|place| place.filter.clone()));
    effect(move || {
        filter.with(|_| ());
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
            measure();
        }
    });
    let empty = memo(move || lines.with(|lines| lines.is_empty()));
    let phase = memo(move || state.inbox.with(|list| list.phase.clone()));
    let incomplete = memo(move || state.inbox.with(|list| list.incomplete));
    view! {
        <Show when=move || incomplete.get() && !empty.get()>
            <p class="inbox-incomplete" role="status">{t::inbox_incomplete()}</p>
        </Show>
        <div class="inbox-scroll" node_ref=scroller on:scroll=move |_| measure()>
            <Show when=move || !empty.get() fallback=move || view! { <InPlaceOfItems phase filter/> }>
                <ul role="list" class="inbox-items" node_ref=recycler.list style:height=move || pixels(lines.with(|lines| lines.height()))>
                    {recycler.mount(move |row| view! { <ItemLine row last_new/> }.into_any())}
                </ul>
                <AtTheEnd phase stalled/>
            </Show>
        </div>
    }
}

/// Keeps the visible rows in place when rows are added or removed above them.
fn hold_still(scroller: NodeRef<html::Div>, lines: Memo<Arc<Lines>>) {
    Effect::new(move |before: Option<Arc<Lines>>| {
        let now = lines.get();
        if let (Some(before), Some(scroller)) = (before, scroller.get_untracked()) {
            let seen = scroller.scroll_top();
            if let Some(moved) = now.moved(&before, seen).filter(|moved| *moved != 0 && seen > window::HEADING) {
                scroller.set_scroll_top(seen + moved);
            }
        }
        now
    });
}

/// A length in CSS pixels.
fn pixels(distance: i32) -> String {
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
fn ItemLine(
    /// The pooled row, and what it shows.
    row: recycler::Row,
    /// The key of the last row with a new item; the line “new above” is below it.
    last_new: Memo<Option<Uuid>>,
) -> impl IntoView {
    let (sight, spare) = (RwSignal::from(row.sight), RwSignal::from(row.spare));
    let desk: Desk = expect_context();
    let state = desk.state;
    let Clock(now) = expect_context();
    let item = memo(move || sight.with(|sight| Arc::clone(&sight.line.item)));
    let id = memo(move || sight.with(|sight| sight.line.item.id));
    let key = memo(move || sight.with(|sight| sight.line.key()));
    let run = memo(move || sight.with(|sight| (sight.line.run(), !sight.line.folded().is_empty())));
    let heading = memo(move || sight.with(|sight| sight.heading));
    let title = memo(move || item.with(|item| text::one_line(&item.title)));
    let href = memo(move || desk.place.with(|place| place.at(Some(id.get())).href()));
    let current = memo(move || desk.place.with(|place| place.item == Some(id.get())));
    let selected = memo(move || desk.selection.with(|selection| selection.has(id.get())));
    let now_is = memo(move || item.with(|item| item.state));
    let select = move |range: bool| {
        let (id, order) = (id.get_untracked(), desk.order());
        let ids = desk.group(id);
        desk.selection.update(|selection| if range { selection.extend_to(id, &order) } else { selection.toggle_all(&ids, &order) });
        desk.cursor.set(Some(id));
    };
    let opened = move |event: ev::MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
            select(true);
        } else {
            desk.cursor.set(Some(id.get_untracked()));
        }
    };
    let checked = move |event: ev::MouseEvent| {
        select(event.shift_key());
        // The checkbox shows the selection, which may differ from what the click made of it.
        let checked = desk.selection.with_untracked(|selection| selection.has(id.get_untracked()));
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            input.set_checked(checked);
        }
    };
    // Every state has the same number of buttons, so that a button keeps the focus when its action changes.
    let button = move |place: usize| {
        let choice = move || choice(place, now_is.get());
        view! {
            <button
                class="icon-button"
                type="button"
                hidden=move || choice().is_none()
                title=move || choice().map(|(_, _, name)| name())
                aria-label=move || choice().map(|(action, ..)| title.with(|title| of_item(action, title)))
                on:click=move |_| desk.wish(Wish::Choose(deeds::choice(place, now_is.get_untracked()), desk.group(id.get_untracked())))
            >
                {Icon::changing(move || choice().map_or(Icon::Check, |(_, icon, _)| icon))}
            </button>
        }
    };
    let buttons = (0..PLACES).rev().map(button).collect_view();
    let size = move || {
        state.inbox.with(|list| if list.next.is_some() { -1 } else { i64::try_from(desk.lines.with(|lines| lines.len())).unwrap_or(-1) })
    };
    let fold = move |_| {
        let storm = item.with_untracked(|item| window::storm(item));
        desk.unfolded.update(|unfolded| match unfolded.iter().position(|known| *known == storm) {
            Some(place) => drop(unfolded.swap_remove(place)),
            None => unfolded.push(storm),
        });
    };
    view! {
        <li
            hidden=spare
            style:top=move || pixels(sight.with(|sight| sight.line.top()))
            data-item=move || (!spare.get()).then(|| id.get().to_string())
            aria-setsize=move || size().to_string()
            aria-posinset=move || sight.with(|sight| (sight.place + 1).to_string())
        >
            {move || heading.get().map(|heading| view! { <h2 class="inbox-day">{move || heading_text(heading, now.get())}</h2> })}
            <div
            class="inbox-line"
            class:selected=selected
            class:selecting=move || desk.selecting.get() || desk.selection.with(|selection| !selection.is_empty())
            on:focusin=move |_| desk.cursor.set(Some(id.get_untracked()))
        >
            <Row item href now current on_open=Callback::new(opened)>
                {buttons}
            </Row>
            <Show when=move || { run.get().0 > 1 }>
                <button
                    class="inbox-fold chip"
                    type="button"
                    aria-expanded=move || (!run.get().1).to_string()
                    aria-label=move || title.with(|title| t::storm(run.get().0, title))
                    on:click=fold
                >
                    <bdi>"×" {move || format::number(f64::from(run.get().0))}</bdi>
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

fn heading_text(heading: Heading, now: format::Instant) -> String {
    match heading {
        Heading::Section(Section::Pinned) => t::pinned(),
        Heading::Section(_) => t::returned(),
        Heading::Day(at) => format::heading(at, now),
    }
}

/// The label of an action with the item's title, for screen readers.
fn of_item(action: Action, title: &str) -> String {
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
fn InPlaceOfItems(
    /// The list's phase.
    phase: Memo<Phase>,
    /// The list's filter.
    filter: Memo<Filter>,
) -> impl IntoView {
    let loading = memo(move || matches!(phase.get(), Phase::Loading | Phase::LoadingMore));
    move || {
        if !loading.get() {
            return view! { <WhyEmpty phase filter/> }.into_any();
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
