//! The inbox: what there is beside what is read, as the URL says.

mod deeds;
pub mod detail;
mod enclosed;
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

use std::{collections::HashSet, sync::Arc};

use campanile_shared::{Item, View, inbox::Action};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use self::{
    deeds::Choice,
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
    components::{icon::Icon, search, shortcuts::is_for_the_page},
    i18n::{format, t},
    pages::later::{Opened, Part},
    reactive::{effect, memo},
    state::{List, Phase, State, changes::Deed},
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    state: State,
    place: Memo<Place>,
    selection: RwSignal<Selection>,
    /// Whether boxes to select by are shown on every line.
    selecting: RwSignal<bool>,
    /// The item that keys are for.
    cursor: RwSignal<Option<Uuid>>,
    /// The item to bring into sight, and whether to give it the focus as well.
    reveal: RwSignal<Option<(Uuid, bool)>>,
    /// While somebody chooses until when to snooze: what; the selection when it names nothing.
    snoozing: RwSignal<Option<Vec<Uuid>>>,
    /// The lines of the list.
    lines: Memo<Arc<Lines>>,
    /// What says the same and is shown one by one all the same, as [`window::storm`] calls it.
    unfolded: RwSignal<HashSet<String>>,
    /// Whether the view itself is dealt with.
    keeping: RwSignal<bool>,
    go: StoredValue<Arc<dyn Fn(Place, bool) + Send + Sync>>,
}

impl Desk {
    /// Goes to a place; `replace` leaves no step to come back to.
    fn go(self, place: Place, replace: bool) {
        self.go.with_value(|go| go(place, replace));
    }

    fn order(self) -> Vec<Uuid> {
        self.state.inbox.with_untracked(|list| list.items.iter().map(|item| item.id).collect())
    }

    /// The first items of the lines.
    fn heads(self) -> Vec<Uuid> {
        self.lines.with_untracked(|lines| lines.iter().map(|line| line.item.id).collect())
    }

    /// What is shown as one with an item: what is done to its line is done to all of it.
    fn group(self, id: Uuid) -> Vec<Uuid> {
        let of = |line: &Line| [id].into_iter().chain(line.folded().iter().copied()).collect();
        self.lines.with_untracked(|lines| lines.iter().find(|line| line.item.id == id).map_or_else(|| vec![id], of))
    }

    fn item(self, id: Uuid) -> Option<Arc<Item>> {
        let listed = self.state.inbox.with_untracked(|list| list.get(id).cloned());
        listed.or_else(|| self.state.opened.get_untracked().filter(|item| item.id == id))
    }

    /// Does something to the selection if there is one, else to a line.
    fn act(self, deed: Deed, one: Option<Uuid>) {
        let selection = self.selection.get_untracked();
        if selection.is_everything() {
            self.state.change_all(deed, self.place.with_untracked(|place| place.filter.clone()));
            self.clear();
            return;
        }
        let ids: Vec<Uuid> = if selection.is_empty() {
            one.map(|id| self.group(id)).unwrap_or_default()
        } else {
            self.order().into_iter().filter(|id| selection.has(*id)).collect()
        };
        self.act_on(deed, &ids);
        self.clear();
    }

    /// Does something to these items, whatever is selected.
    fn act_on(self, deed: Deed, ids: &[Uuid]) {
        let items: Vec<Arc<Item>> = ids.iter().filter_map(|id| self.item(*id)).collect();
        if deed.moves() {
            self.step_off(ids);
        }
        self.state.change(deed, items);
    }

    /// Puts away, or takes back among the dismissed.
    fn dismiss(self, one: Option<Uuid>) {
        self.act(if self.shows(View::Dismissed) { Action::Restore } else { Action::Dismiss }.into(), one);
    }

    /// Asks until when to put aside, or takes back among the snoozed. What is dismissed stays where it is.
    fn snooze(self, one: Option<Uuid>) {
        if self.shows(View::Snoozed) {
            self.act(Action::Unsnooze.into(), one);
        } else if !self.shows(View::Dismissed) && (one.is_some() || !self.selection.with_untracked(Selection::is_empty)) {
            let selected = !self.selection.with_untracked(Selection::is_empty);
            self.snoozing.set(Some(one.filter(|_| !selected).map(|id| self.group(id)).unwrap_or_default()));
        }
    }

    /// Keeps on top, or no longer when all of it is there.
    fn pin(self, one: Option<Uuid>) {
        let pinned = |id: &Uuid| self.item(*id).is_some_and(|item| item.state.pinned);
        let selection = self.selection.get_untracked();
        let all = if selection.is_empty() {
            one.as_ref().is_some_and(pinned)
        } else {
            self.order().iter().filter(|id| selection.has(**id)).all(pinned)
        };
        self.act(if all { Action::Unpin } else { Action::Pin }.into(), one);
    }

    /// Does what was chosen to these items, whatever is selected.
    fn choose(self, choice: Option<Choice>, ids: Vec<Uuid>) {
        match choice {
            Some((Action::Snooze, ..)) => self.snoozing.set(Some(ids)),
            Some((action, ..)) => self.act_on(action.into(), &ids),
            None => {}
        }
    }

    fn shows(self, view: View) -> bool {
        self.place.with_untracked(|place| place.filter.view == view)
    }

    fn clear(self) {
        self.selection.set(Selection::default());
        self.selecting.set(false);
    }

    /// Before items leave the list: closes what shows one of them, and moves the keys to what
    /// will stand in their place.
    fn step_off(self, leaving: &[Uuid]) {
        let order = self.order();
        let cursor = self.cursor.get_untracked().or(self.place.with_untracked(|place| place.item));
        if let Some(at) = cursor.filter(|id| leaving.contains(id)).and_then(|id| order.iter().position(|other| *other == id)) {
            let stays = |id: &&Uuid| !leaving.contains(id);
            let neighbour = order[at..].iter().find(stays).or_else(|| order[..at].iter().rev().find(stays)).copied();
            self.cursor.set(neighbour);
            self.reveal.set(neighbour.map(|id| (id, true)));
        }
        let place = self.place.get_untracked();
        if place.item.is_some_and(|id| leaving.contains(&id)) {
            self.go(place.at(None), true);
        }
    }

    fn step(self, forward: bool) -> Option<Uuid> {
        let order = self.heads();
        let from = self.cursor.get_untracked().or(self.place.with_untracked(|place| place.item));
        let at = from.and_then(|id| order.iter().position(|other| *other == id));
        let next = match (at, forward) {
            (None, _) => order.first(),
            (Some(at), true) => order.get(at + 1).or(order.last()),
            (Some(at), false) => order.get(at.saturating_sub(1)),
        };
        self.cursor.set(next.copied());
        self.reveal.set(next.map(|id| (*id, true)));
        next.copied()
    }

    /// Opens what stands behind the opened one, or before it.
    fn open_neighbour(self, forward: bool) {
        self.cursor.set(self.place.with_untracked(|place| place.item));
        if let Some(id) = self.step(forward) {
            // The focus stays where the next one is asked for.
            self.reveal.set(Some((id, false)));
            self.go(self.place.get_untracked().at(Some(id)), true);
        }
    }

    fn obey(self, command: Command) {
        let current = self.cursor.get_untracked().or(self.place.with_untracked(|place| place.item));
        match command {
            Command::Next | Command::Previous => drop(self.step(command == Command::Next)),
            Command::ExtendNext | Command::ExtendPrevious => {
                let order = self.order();
                if let Some(from) = current {
                    self.selection.update(|selection| selection.extend_to(from, &order));
                }
                if let Some(to) = self.step(command == Command::ExtendNext) {
                    self.selection.update(|selection| selection.extend_to(to, &order));
                }
            }
            Command::Open => {
                if let Some(id) = current {
                    self.go(self.place.get_untracked().at(Some(id)), false);
                }
            }
            Command::Dismiss => self.dismiss(current),
            Command::Unread => {
                let group = current.map(|id| self.group(id)).unwrap_or_default();
                let unread = group.iter().any(|id| self.item(*id).is_some_and(|item| !item.state.read));
                let some = !self.selection.with_untracked(Selection::is_empty);
                self.act(if unread && !some { Action::Read } else { Action::Unread }.into(), current);
            }
            Command::Snooze => self.snooze(current),
            Command::Pin => self.pin(current),
            Command::Select => {
                if let Some(id) = current {
                    let (ids, order) = (self.group(id), self.order());
                    self.selection.update(|selection| selection.toggle_all(&ids, &order));
                }
            }
            Command::Close if self.selecting.get_untracked() || !self.selection.with_untracked(Selection::is_empty) => self.clear(),
            Command::Close => {
                let place = self.place.get_untracked();
                if place.item.is_some() {
                    self.cursor.set(place.item);
                    self.reveal.set(place.item.map(|id| (id, true)));
                    self.go(place.at(None), false);
                }
            }
        }
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
    let unfolded = RwSignal::new(HashSet::new());
    let density = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.density).unwrap_or_default()));
    // What else goes on with the list leaves its items alone.
    let changes = memo(move || state.inbox.with(|list| list.changes));
    let lines = memo(move || {
        let instant = |item: &Item| format::instant(&item.accepted_at);
        let lines = |list: &List| {
            unfolded.with(|unfolded| {
                Lines::of(&list.items, window::row(density.get()), |item| list.section(item), instant, format::span_of_day, unfolded)
            })
        };
        // Reading it: a memo that is only tracked never runs.
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
        unfolded.update(HashSet::clear);
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
        // Links and buttons answer the key themselves.
        if command == Command::Open && within("a, button, input, summary") {
            return;
        }
        event.prevent_default();
        desk.obey(command);
    });
    on_cleanup(move || keys.remove());

    // Once the list is there, so is what its items open with: the server may be away when one is chosen.
    let fetched = memo(move || state.inbox.with(|list| list.phase != Phase::Loading));
    effect(move || {
        if fetched.get() {
            Part::Opened.prefetch();
            Part::BellPanel.prefetch();
            Part::Chosen.prefetch();
            search::prefetch();
        }
    });

    // What arrives while nobody looks is new when they come back.
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
