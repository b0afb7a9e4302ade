//! Applies the actions of keys and buttons to items: to the selection, or to one row. Loaded after the first
//! page is shown.

use std::sync::Arc;

use campanile_shared::{Item, View, inbox::Action};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{Desk, deeds::Choice, keys::Command, selection::Selection};
use crate::{
    fetched::{NotFetched, fetched},
    state::changes::Deed,
};

/// What the person pressed.
pub enum Wish {
    /// A keyboard shortcut.
    Obey(Command),
    /// A button, for these items.
    Choose(Option<Choice>, Vec<Uuid>),
}

fetched! {
    /// Handles a key or a button.
    after_first_paint::doer: fn(Desk, Wish) = |desk, wish| match wish {
        Wish::Obey(command) => desk.obey(command),
        Wish::Choose(choice, ids) => desk.choose(choice, ids),
    }
}

impl Desk {
    /// Loads the handler and calls it.
    pub fn wish(self, wish: Wish) {
        spawn_local(async move {
            match doer().await {
                Ok(act) => act(self, wish),
                Err(NotFetched) => self.state.cannot_reach(),
            }
        });
    }

    /// The first item of each row.
    fn heads(self) -> Vec<Uuid> {
        self.lines.with_untracked(|lines| lines.iter().map(|line| line.item.id).collect())
    }

    fn item(self, id: Uuid) -> Option<Arc<Item>> {
        let listed = self.state.inbox.with_untracked(|list| list.get(id).cloned());
        listed.or_else(|| self.state.opened.get_untracked().filter(|item| item.id == id))
    }

    /// Applies an action to the selection, or to one row if nothing is selected.
    pub fn act(self, deed: Deed, one: Option<Uuid>) {
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

    /// Applies an action to these items, whatever is selected.
    pub fn act_on(self, deed: Deed, ids: &[Uuid]) {
        let items: Vec<Arc<Item>> = ids.iter().filter_map(|id| self.item(*id)).collect();
        if deed.moves() {
            self.step_off(ids);
        }
        self.state.change(deed, items);
    }

    /// Dismisses; in the view of dismissed items, restores.
    pub fn dismiss(self, one: Option<Uuid>) {
        self.act(if self.shows(View::Dismissed) { Action::Restore } else { Action::Dismiss }.into(), one);
    }

    /// Opens the snooze dialog; in the view of snoozed items, ends the snooze. Dismissed items cannot be
    /// snoozed.
    pub fn snooze(self, one: Option<Uuid>) {
        if self.shows(View::Snoozed) {
            self.act(Action::Unsnooze.into(), one);
        } else if !self.shows(View::Dismissed) && (one.is_some() || !self.selection.with_untracked(Selection::is_empty)) {
            let selected = !self.selection.with_untracked(Selection::is_empty);
            self.snoozing.set(Some(one.filter(|_| !selected).map(|id| self.group(id)).unwrap_or_default()));
        }
    }

    /// Pins; unpins if all the items are pinned.
    pub fn pin(self, one: Option<Uuid>) {
        let pinned = |id: &Uuid| self.item(*id).is_some_and(|item| item.state.pinned);
        let selection = self.selection.get_untracked();
        let all = if selection.is_empty() {
            one.as_ref().is_some_and(pinned)
        } else {
            self.order().iter().filter(|id| selection.has(**id)).all(pinned)
        };
        self.act(if all { Action::Unpin } else { Action::Pin }.into(), one);
    }

    /// Applies a button's action to these items, whatever is selected.
    pub fn choose(self, choice: Option<Choice>, ids: Vec<Uuid>) {
        match choice {
            Some((Action::Snooze, ..)) => self.snoozing.set(Some(ids)),
            Some((action, ..)) => self.act_on(action.into(), &ids),
            None => {}
        }
    }

    fn shows(self, view: View) -> bool {
        self.place.with_untracked(|place| place.filter.view == view)
    }

    /// Prepares for these items leaving the list: closes the detail if it shows one of them, and moves the
    /// keyboard's item to the nearest one that stays.
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

    /// Opens the item after or before the opened one.
    pub fn open_neighbour(self, forward: bool) {
        self.cursor.set(self.place.with_untracked(|place| place.item));
        if let Some(id) = self.step(forward) {
            // The focus stays on the button that was pressed.
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
