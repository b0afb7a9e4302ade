//! The page “Inbox”: the list of items beside the opened one. The URL says what is listed and opened.

mod commands;
mod deeds;
pub mod detail;
mod enclosed;
pub mod ends;
mod filters;
pub mod keep;
mod keys;
mod list;
pub mod place;
mod reasons;
mod recycler;
pub mod search_line;
mod selection;
pub mod snooze;
pub mod toolbar;
pub mod window;

use std::sync::Arc;

use campanile_shared::Item;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use self::{
    commands::Wish,
    keep::KeepDialog,
    keys::{Command, command},
    list::ItemList,
    place::Place,
    selection::Selection,
    snooze::SnoozeDialog,
    toolbar::Toolbar,
    window::{Line, Lines},
};
use crate::{
    components::{icon::Icon, shortcuts::is_for_the_page},
    i18n::{format, t},
    pages::later::Opened,
    reactive::{effect, memo},
    state::{List, State},
};

/// What the page's parts share. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    state: State,
    place: Memo<Place>,
    selection: RwSignal<Selection>,
    /// Whether every row shows its checkbox.
    selecting: RwSignal<bool>,
    /// The item that keyboard shortcuts act on.
    cursor: RwSignal<Option<Uuid>>,
    /// The item to scroll to, and whether to focus it.
    reveal: RwSignal<Option<(Uuid, bool)>>,
    /// The items to snooze while the snooze dialog is open. An empty list means the selection.
    snoozing: RwSignal<Option<Vec<Uuid>>>,
    /// The rows of the list.
    lines: Memo<Arc<Lines>>,
    /// Groups that are shown one item per row, by the key that [`window::storm`] returns.
    unfolded: RwSignal<Vec<String>>,
    /// Whether the dialog that saves the view is open.
    keeping: RwSignal<bool>,
    go: StoredValue<Arc<dyn Fn(Place, bool) + Send + Sync>>,
}

impl Desk {
    /// Goes to a place. With `replace`, no entry is added to the browser's history.
    fn go(self, place: Place, replace: bool) {
        self.go.with_value(|go| go(place, replace));
    }

    fn order(self) -> Vec<Uuid> {
        self.state.inbox.with_untracked(|list| list.items.iter().map(|item| item.id).collect())
    }

    /// The items of the row that an item is in. An action on a row applies to all of them.
    fn group(self, id: Uuid) -> Vec<Uuid> {
        let of = |line: &Line| [id].into_iter().chain(line.folded().iter().copied()).collect();
        self.lines.with_untracked(|lines| lines.iter().find(|line| line.item.id == id).map_or_else(|| vec![id], of))
    }

    fn clear(self) {
        self.selection.set(Selection::default());
        self.selecting.set(false);
    }
}

/// The page.
#[component]
pub fn Inbox() -> impl IntoView {
    let state = State::expect();
    let query = use_query_map();
    let place = memo(move || query.with(|query| Place::read(|name| query.get(name))));
    let navigate = use_navigate();
    let go: Arc<dyn Fn(Place, bool) + Send + Sync> =
        Arc::new(move |place, replace| navigate(&place.path(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() }));
    let unfolded = RwSignal::new(Vec::new());
    let density = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.density).unwrap_or_default()));
    // Other changes of the list's state do not change its items.
    let changes = memo(move || state.inbox.with(|list| list.changes));
    let lines = memo(move || {
        let instant = |item: &Item| format::instant(&item.accepted_at);
        let lines = |list: &List| {
            unfolded.with(|unfolded| {
                Lines::of(&list.items, window::row(density.get()), |item| list.section(item), instant, format::span_of_day, unfolded)
            })
        };
        // `get`, not `track`: a memo that nothing reads never runs.
        changes.get();
        Arc::new(state.inbox.with_untracked(lines))
    });
    let desk = Desk {
        state,
        place,
        selection: RwSignal::default(),
        selecting: RwSignal::default(),
        cursor: RwSignal::default(),
        reveal: RwSignal::default(),
        snoozing: RwSignal::default(),
        keeping: RwSignal::default(),
        lines,
        unfolded,
        go: StoredValue::new(go),
    };
    provide_context(desk);

    let filter = memo(move || place.with(|place| place.filter.clone()));
    effect(move || {
        state.show(filter.get());
        unfolded.update(Vec::clear);
        desk.clear();
        desk.cursor.set(None);
    });
    effect(move || {
        changes.get();
        if !desk.selection.with_untracked(Selection::is_empty) {
            desk.selection.update(|selection| selection.retain(&desk.order()));
        }
    });
    let keys = window_event_listener(ev::keydown, move |event| {
        if !is_for_the_page(&event) {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let within = |selector: &str| target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some());
        let Some(command) = command(&event.key(), event.shift_key(), within(".inbox-list")) else { return };
        // Links and buttons handle this key themselves.
        if command == Command::Open && within("a, button, input, summary") {
            return;
        }
        event.prevent_default();
        desk.wish(Wish::Obey(command));
    });
    on_cleanup(move || keys.remove());

    // Items that arrive while the page is hidden are new when the person returns.
    let away = move || {
        state.look();
        state.looked_away();
    };
    let hidden = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            away();
        }
    });
    on_cleanup(move || {
        hidden.remove();
        away();
    });

    let open = memo(move || place.with(|place| place.item));
    view! {
        <main id="content" class="inbox" class:open=move || open.get().is_some() tabindex="-1">
            <section class="inbox-list" aria-label=t::page_inbox()>
                <Toolbar/>
                <ItemList/>
            </section>
            <section class="detail" aria-label=t::notification()>
                {move || match open.get() {
                    Some(id) => view! { <Opened id/> }.into_any(),
                    None => view! { <div class="blank">{Icon::Inbox.view()} <p>{t::inbox_choose()}</p></div> }.into_any(),
                }}
            </section>
            <SnoozeDialog/>
            <KeepDialog/>
        </main>
    }
}
