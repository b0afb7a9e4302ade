//! Moves the active item: the one that keyboard shortcuts act on.

use leptos::prelude::*;
use uuid::Uuid;

use super::context::InboxContext;

impl InboxContext {
    /// Prepares for these items leaving the list: closes the detail if it shows one of them, and moves the
    /// keyboard's item to the nearest one that stays.
    pub fn prepare_removal(self, leaving: &[Uuid]) {
        let order = self.item_ids();
        let cursor = self.active_item.get_untracked().or(self.url_state.with_untracked(|place| place.item));
        if let Some(at) = cursor.filter(|id| leaving.contains(id)).and_then(|id| order.iter().position(|other| *other == id)) {
            let stays = |id: &&Uuid| !leaving.contains(id);
            let neighbour = order[at..].iter().find(stays).or_else(|| order[..at].iter().rev().find(stays)).copied();
            self.active_item.set(neighbour);
            self.scroll_to.set(neighbour.map(|id| (id, true)));
        }
        let place = self.url_state.get_untracked();
        if place.item.is_some_and(|id| leaving.contains(&id)) {
            self.navigate_to(place.with_item(None), true);
        }
    }

    /// Moves to the next or the previous row, and returns its item.
    pub fn move_active_item(self, forward: bool) -> Option<Uuid> {
        let order = self.row_ids();
        let from = self.active_item.get_untracked().or(self.url_state.with_untracked(|place| place.item));
        let at = from.and_then(|id| order.iter().position(|other| *other == id));
        let next = match (at, forward) {
            (None, _) => order.first(),
            (Some(at), true) => order.get(at + 1).or(order.last()),
            (Some(at), false) => order.get(at.saturating_sub(1)),
        };
        self.active_item.set(next.copied());
        self.scroll_to.set(next.map(|id| (*id, true)));
        next.copied()
    }

    /// Opens the item after or before the opened one.
    pub fn open_neighbour(self, forward: bool) {
        self.active_item.set(self.url_state.with_untracked(|place| place.item));
        if let Some(id) = self.move_active_item(forward) {
            // The focus stays on the button that was pressed.
            self.scroll_to.set(Some((id, false)));
            self.navigate_to(self.url_state.get_untracked().with_item(Some(id)), true);
        }
    }

    /// The first item of each row.
    fn row_ids(self) -> Vec<Uuid> {
        self.layout.with_untracked(|layout| layout.iter().map(|row| row.item.id).collect())
    }
}
