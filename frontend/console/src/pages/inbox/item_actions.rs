//! Applies the actions of keys and buttons to items: to the selection, or to one row. Loaded after the first
//! page is shown.

use std::sync::Arc;

use campanile_shared::{Item, View, inbox::Action};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{action_buttons::ActionButton, context::InboxContext, selection::Selection, shortcuts::Shortcut};
use crate::{
    components::focus,
    i18n,
    lazy::{LoadError, lazy},
    state::mutations::ItemAction,
};

/// What the person pressed.
pub enum UserInput {
    /// A keyboard shortcut.
    Shortcut(Shortcut),
    /// A button, for these items.
    Button(Option<ActionButton>, Vec<Uuid>),
}

lazy! {
    /// Handles a key or a button.
    after_first_paint::input_handler: fn(InboxContext, UserInput) = |context, input| match input {
        UserInput::Shortcut(command) => context.run_shortcut(command),
        UserInput::Button(choice, ids) => context.apply_button(choice, ids),
    }
}

impl InboxContext {
    /// Loads the handler and calls it.
    pub fn handle(self, input: UserInput) {
        spawn_local(async move {
            match input_handler().await {
                Ok(handler) => handler(self, input),
                Err(LoadError) => self.state.show_offline(),
            }
        });
    }

    fn item(self, id: Uuid) -> Option<Arc<Item>> {
        let listed = self.state.inbox.with_untracked(|list| list.get(id).cloned());
        listed.or_else(|| self.state.open_item.get_untracked().filter(|item| item.id == id))
    }

    /// Applies an action to the selection, or to one row if nothing is selected.
    pub fn apply(self, action: ItemAction, one: Option<Uuid>) {
        let selection = self.selection.get_untracked();
        if selection.is_all_matching() {
            if action.kind == Action::Dismiss {
                self.dismissing_all.set(true);
            } else {
                self.state.change_matching(action, self.url_state.with_untracked(|place| place.filter.clone()));
            }
            self.clear_selection();
            return;
        }
        let ids: Vec<Uuid> = if selection.is_empty() {
            one.map(|id| self.group_of(id)).unwrap_or_default()
        } else {
            self.item_ids().into_iter().filter(|id| selection.contains(*id)).collect()
        };
        self.apply_to(action, &ids);
        self.clear_selection();
    }

    /// Applies an action to these items, whatever is selected.
    pub fn apply_to(self, action: ItemAction, ids: &[Uuid]) {
        let items: Vec<Arc<Item>> = ids.iter().filter_map(|id| self.item(*id)).collect();
        if action.changes_view() {
            self.prepare_removal(ids);
        }
        self.state.change_items(action, items);
    }

    /// Dismisses; in the view of dismissed items, restores.
    pub fn dismiss_or_restore(self, one: Option<Uuid>) {
        self.apply(if self.is_view(View::Dismissed) { Action::Restore } else { Action::Dismiss }.into(), one);
    }

    /// Opens the snooze dialog; in the view of snoozed items, ends the snooze. Dismissed items cannot be
    /// snoozed.
    pub fn snooze_or_unsnooze(self, one: Option<Uuid>) {
        if self.is_view(View::Snoozed) {
            self.apply(Action::Unsnooze.into(), one);
        } else if !self.is_view(View::Dismissed) && (one.is_some() || !self.selection.with_untracked(Selection::is_empty)) {
            let selected = !self.selection.with_untracked(Selection::is_empty);
            self.snooze_dialog.set(Some(one.filter(|_| !selected).map(|id| self.group_of(id)).unwrap_or_default()));
        }
    }

    /// Pins; unpins if all the items are pinned.
    pub fn pin_or_unpin(self, one: Option<Uuid>) {
        let pinned = |id: &Uuid| self.item(*id).is_some_and(|item| item.state.pinned);
        let selection = self.selection.get_untracked();
        let all = if selection.is_empty() {
            one.as_ref().is_some_and(pinned)
        } else {
            self.item_ids().iter().filter(|id| selection.contains(**id)).all(pinned)
        };
        self.apply(if all { Action::Unpin } else { Action::Pin }.into(), one);
    }

    /// Applies a button's action to these items, whatever is selected.
    pub fn apply_button(self, button: Option<ActionButton>, ids: Vec<Uuid>) {
        match button {
            Some((Action::Snooze, ..)) => self.snooze_dialog.set(Some(ids)),
            Some((action, ..)) => self.apply_to(action.into(), &ids),
            None => {}
        }
    }

    fn is_view(self, view: View) -> bool {
        self.url_state.with_untracked(|place| place.filter.view == view)
    }

    fn run_shortcut(self, command: Shortcut) {
        let current = self.active_item.get_untracked().or(self.url_state.with_untracked(|place| place.item));
        match command {
            Shortcut::Next | Shortcut::Previous => drop(self.move_active_item(command == Shortcut::Next)),
            Shortcut::ExtendNext | Shortcut::ExtendPrevious => {
                let order = self.item_ids();
                if let Some(from) = current {
                    self.selection.update(|selection| selection.extend_to(from, &order));
                }
                if let Some(to) = self.move_active_item(command == Shortcut::ExtendNext) {
                    self.selection.update(|selection| selection.extend_to(to, &order));
                }
            }
            Shortcut::Open => {
                if let Some(id) = current {
                    let place = self.url_state.get_untracked();
                    if place.item != Some(id) {
                        self.navigate_to(place.with_item(Some(id)), false);
                    }
                    focus::when_present(".detail h2");
                }
            }
            Shortcut::Dismiss => self.dismiss_or_restore(current),
            Shortcut::MarkRead => self.apply(Action::Read.into(), current),
            Shortcut::MarkUnread => self.apply(Action::Unread.into(), current),
            Shortcut::Snooze => self.snooze_or_unsnooze(current),
            Shortcut::Pin => self.pin_or_unpin(current),
            Shortcut::ToggleSelected => {
                if let Some(id) = current {
                    let (ids, order) = (self.group_of(id), self.item_ids());
                    self.selection.update(|selection| selection.toggle_group(&ids, &order));
                }
            }
            Shortcut::SaveView => self.save_view_dialog.set(true),
            Shortcut::Right | Shortcut::Left => focus::within(".inbox-line", (command == Shortcut::Right) != i18n::current().right_to_left),
            Shortcut::Close if self.select_mode.get_untracked() || !self.selection.with_untracked(Selection::is_empty) => {
                self.clear_selection()
            }
            Shortcut::Close => {
                let place = self.url_state.get_untracked();
                if place.item.is_some() {
                    self.active_item.set(place.item);
                    self.navigate_to(place.with_item(None), false);
                }
            }
        }
    }
}
