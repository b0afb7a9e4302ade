//! The inbox: what there is beside what is read, as the URL says.

mod detail;
mod enclosed;
mod keys;
mod list;
pub mod place;
pub mod search_line;
mod selection;
mod toolbar;
pub mod window;

use std::sync::Arc;

use campanile_shared::{Item, View, inbox::Action};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use self::{
    detail::Detail,
    keys::{Command, command},
    list::ItemList,
    place::Place,
    selection::Selection,
    toolbar::Toolbar,
};
use crate::{components::shortcuts::is_for_the_page, i18n::t, state::State};

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
    /// The item to bring into sight and give the focus to.
    reveal: RwSignal<Option<Uuid>>,
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

    fn item(self, id: Uuid) -> Option<Arc<Item>> {
        let listed = self.state.inbox.with_untracked(|list| list.get(id).cloned());
        listed.or_else(|| self.state.opened.get_untracked().filter(|item| item.id == id))
    }

    /// Does something to the selection if there is one, else to one item.
    fn act(self, action: Action, one: Option<Uuid>) {
        let selection = self.selection.get_untracked();
        if selection.is_everything() {
            self.state.change_all(action, self.place.with_untracked(|place| place.filter.clone()));
            self.clear();
            return;
        }
        let ids: Vec<Uuid> = if selection.is_empty() {
            one.into_iter().collect()
        } else {
            self.order().into_iter().filter(|id| selection.has(*id)).collect()
        };
        let items: Vec<Arc<Item>> = ids.iter().filter_map(|id| self.item(*id)).collect();
        if matches!(action, Action::Dismiss | Action::Restore) {
            self.step_off(&ids);
        }
        self.state.change(action, items);
        self.clear();
    }

    /// Puts away, or takes back among the dismissed.
    fn dismiss(self, one: Option<Uuid>) {
        let dismissed = self.place.with_untracked(|place| place.filter.view == View::Dismissed);
        self.act(if dismissed { Action::Restore } else { Action::Dismiss }, one);
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
            self.reveal.set(neighbour);
        }
        let place = self.place.get_untracked();
        if place.item.is_some_and(|id| leaving.contains(&id)) {
            self.go(place.at(None), true);
        }
    }

    fn step(self, forward: bool) -> Option<Uuid> {
        let order = self.order();
        let from = self.cursor.get_untracked().or(self.place.with_untracked(|place| place.item));
        let at = from.and_then(|id| order.iter().position(|other| *other == id));
        let next = match (at, forward) {
            (None, _) => order.first(),
            (Some(at), true) => order.get(at + 1).or(order.last()),
            (Some(at), false) => order.get(at.saturating_sub(1)),
        };
        self.cursor.set(next.copied());
        self.reveal.set(next.copied());
        next.copied()
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
                let unread = current.and_then(|id| self.item(id)).is_some_and(|item| !item.state.read);
                let some = !self.selection.with_untracked(Selection::is_empty);
                self.act(if unread && !some { Action::Read } else { Action::Unread }, current);
            }
            Command::Select => {
                if let Some(id) = current {
                    let order = self.order();
                    self.selection.update(|selection| selection.toggle(id, &order));
                }
            }
            Command::Close if self.selecting.get_untracked() || !self.selection.with_untracked(Selection::is_empty) => self.clear(),
            Command::Close => {
                let place = self.place.get_untracked();
                if place.item.is_some() {
                    self.cursor.set(place.item);
                    self.reveal.set(place.item);
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
    let place = Memo::new(move |_| query.with(|query| Place::read(|name| query.get(name))));
    let navigate = use_navigate();
    let go: Arc<dyn Fn(Place, bool) + Send + Sync> =
        Arc::new(move |place, replace| navigate(&place.path(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() }));
    let desk = Desk {
        state,
        place,
        selection: RwSignal::default(),
        selecting: RwSignal::default(),
        cursor: RwSignal::default(),
        reveal: RwSignal::default(),
        go: StoredValue::new(go),
    };
    provide_context(desk);

    let filter = Memo::new(move |_| place.with(|place| place.filter.clone()));
    Effect::new(move |_| {
        state.show(filter.get());
        desk.clear();
        desk.cursor.set(None);
    });
    Effect::new(move |_| {
        let order: Vec<Uuid> = state.inbox.with(|list| list.items.iter().map(|item| item.id).collect());
        if !desk.selection.with_untracked(Selection::is_empty) {
            desk.selection.update(|selection| selection.retain(&order));
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

    let open = Memo::new(move |_| place.with(|place| place.item));
    view! {
        <main id="content" class="inbox" class:open=move || open.get().is_some() tabindex="-1">
            <section class="inbox-list" aria-label=t::page_inbox()>
                <Toolbar/>
                <ItemList/>
            </section>
            <Detail id=open/>
        </main>
    }
}
