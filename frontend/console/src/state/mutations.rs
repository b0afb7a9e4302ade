//! Changes of items, such as read and dismiss, and their undo. A change is shown at once, sent to the server,
//! and reverted if the server refuses it. This code is loaded after the first page.

use std::sync::Arc;

use campanile_shared::{
    Filter, InboxChange, InboxChangeResult, Item, ItemState,
    inbox::{Action, Selection},
    text,
};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{ConfirmedStates, State, Toast, Undo};
use crate::{
    api::Error,
    error_text,
    i18n::{format, t},
    lazy::{LoadError, lazy},
};

/// The longest title in a message, in characters.
const MAX_TITLE_LENGTH: usize = 60;

/// What the person wants done with items.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ItemAction {
    /// The action.
    pub kind: Action,
    /// The time until which items are snoozed. Only for [`Action::Snooze`].
    pub until: Option<DateTime<Utc>>,
}

impl From<Action> for ItemAction {
    fn from(action: Action) -> Self {
        Self { kind: action, until: None }
    }
}

impl ItemAction {
    /// Snoozes until a time.
    pub const fn snooze(until: DateTime<Utc>) -> Self {
        Self { kind: Action::Snooze, until: Some(until) }
    }

    /// Whether an item moves to another view by it.
    pub const fn changes_view(self) -> bool {
        matches!(self.kind, Action::Dismiss | Action::Restore | Action::Snooze | Action::Unsnooze)
    }
}

/// The state of an item after an action.
pub fn state_after(action: ItemAction, state: ItemState) -> ItemState {
    match action.kind {
        Action::Read => ItemState { read: true, ..state },
        Action::Unread => ItemState { read: false, ..state },
        Action::Dismiss => ItemState { dismissed: true, snoozed_until: None, ..state },
        Action::Restore => ItemState { dismissed: false, ..state },
        Action::Snooze if state.dismissed => state,
        Action::Snooze | Action::Unsnooze => ItemState { snoozed_until: action.until, ..state },
        Action::Pin => ItemState { pinned: true, ..state },
        Action::Unpin => ItemState { pinned: false, ..state },
    }
}

/// A change that the person asked for.
enum Mutation {
    /// An action on some items, and whether to show a message.
    Items { action: ItemAction, items: Vec<Arc<Item>>, show_message: bool },
    /// An action on all items that match a filter.
    Matching { action: ItemAction, filter: Filter },
    /// Undo the change of the current message.
    Undo,
}

lazy! {
    /// Runs a change.
    after_first_paint::load_mutations: fn(State, Mutation) = |state, mutation| match mutation {
        Mutation::Items { action, items, show_message } => state.start_change(action, items, show_message),
        Mutation::Matching { action, filter } => state.start_change_matching(action, filter),
        Mutation::Undo => state.start_undo(),
    }
}

impl State {
    /// Changes some items. Items that are already in that state are skipped.
    pub fn change_items(self, action: ItemAction, items: Vec<Arc<Item>>) {
        self.run_mutation(Mutation::Items { action, items, show_message: true });
    }

    /// Marks an item as read because it was opened. Shows no message.
    pub fn mark_opened(self, item: &Arc<Item>) {
        self.run_mutation(Mutation::Items { action: Action::Read.into(), items: vec![Arc::clone(item)], show_message: false });
    }

    /// Changes all items that match a filter, up to the newest one that the person can see.
    pub fn change_matching(self, action: ItemAction, filter: Filter) {
        self.run_mutation(Mutation::Matching { action, filter });
    }

    /// Undoes the change of the current message.
    pub fn undo(self) {
        self.run_mutation(Mutation::Undo);
    }

    fn run_mutation(self, mutation: Mutation) {
        spawn_local(async move {
            match load_mutations().await {
                Ok(change) => change(self, mutation),
                Err(LoadError) => self.show_offline(),
            }
        });
    }

    fn start_change(self, action: ItemAction, items: Vec<Arc<Item>>, show_message: bool) {
        let before: Vec<Arc<Item>> = items.into_iter().filter(|item| state_after(action, item.state) != item.state).collect();
        if before.is_empty() {
            return;
        }
        let ids: Vec<Uuid> = before.iter().map(|item| item.id).collect();
        self.counts.update(|counts| before.iter().for_each(|item| counts.expect_change(item, state_after(action, item.state))));
        self.confirmed_states.update_value(|states| states.await_answer(ids.iter().copied()));
        for item in &before {
            self.show_with_state(item, state_after(action, item.state));
        }
        let change = InboxChange { action: action.kind, until: action.until, items: Selection::Ids(ids.clone()) };
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.handle_session_error(self.api().change(&change).await);
            self.counts.update(|counts| counts.clear_expected(&ids));
            if self.is_of_past_generation(asked, answer.as_ref()) {
                return;
            }
            match answer {
                Ok(changed) => {
                    self.apply_confirmed(&before, |states, item| {
                        states.confirm(item.id, changed.snapshot.revision, state_after(action, item.state))
                    });
                    self.show_undo_toast(&changed, show_message.then(|| done_text(action, &before)), before);
                }
                Err(error) => {
                    self.apply_confirmed(&before, |states, item| states.reject(item.id, Some(item.state)));
                    self.show_change_error(&error);
                }
            }
        });
    }

    fn start_change_matching(self, action: ItemAction, filter: Filter) {
        let up_to = self.counts.with_untracked(|counts| counts.confirmed_snapshot().sequence);
        let change = InboxChange { action: action.kind, until: action.until, items: Selection::Matching { filter, up_to } };
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.handle_session_error(self.api().change(&change).await);
            if self.is_of_past_generation(asked, answer.as_ref()) {
                return;
            }
            match answer {
                Ok(changed) => {
                    self.show_undo_toast(&changed, Some(done_all_text(action.kind)), Vec::new());
                    self.refresh();
                }
                Err(error) => self.show_change_error(&error),
            }
        });
    }

    fn start_undo(self) {
        let Some(Undo { id, before }) = self.toast.with_untracked(|toast| toast.as_ref()?.undo.clone()) else { return };
        self.toast.set(None);
        self.confirmed_states.update_value(|states| states.await_answer(before.iter().map(|item| item.id)));
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.handle_session_error(self.api().undo(id).await);
            if self.is_of_past_generation(asked, answer.as_ref()) {
                return;
            }
            let revision = answer.as_ref().map(|changed| changed.snapshot.revision).ok();
            self.apply_confirmed(&before, |states, item| match revision {
                Some(revision) => states.confirm(item.id, revision, item.state),
                None => states.reject(item.id, None),
            });
            match answer {
                Ok(_) => {
                    if before.is_empty() {
                        self.refresh();
                    }
                    self.toast.set(Some(Toast { text: t::undone(), undo: None, failed: false }));
                }
                Err(error) if error.status() == Some(404) => {
                    self.toast.set(Some(Toast { text: t::undo_too_late(), undo: None, failed: true }));
                }
                Err(error) => self.show_change_error(&error),
            }
        });
    }

    /// Applies the snapshot of an answer. Returns whether the changed items are of a past generation: they must
    /// not be shown again.
    fn is_of_past_generation(self, asked: u64, answer: Result<&InboxChangeResult, &Error>) -> bool {
        match answer {
            Ok(changed) => !self.apply_answer_snapshot(asked, changed.snapshot) || changed.snapshot.generation != asked,
            Err(_) => self.generation() != asked,
        }
    }

    fn show_undo_toast(self, changed: &InboxChangeResult, text: Option<String>, before: Vec<Arc<Item>>) {
        if let Some(text) = text {
            let undo = changed.undo.map(|id| Undo { id, before });
            self.toast.set(Some(Toast { text, undo, failed: false }));
        }
    }

    /// Shows the states that `confirmed_states` returns for the items.
    fn apply_confirmed(self, items: &[Arc<Item>], apply: impl Fn(&mut ConfirmedStates, &Item) -> Option<ItemState>) {
        for item in items {
            if let Some(state) = self.confirmed_states.try_update_value(|states| apply(states, item)).flatten() {
                self.show_with_state(item, state);
            }
        }
    }

    fn show_with_state(self, item: &Arc<Item>, state: ItemState) {
        self.show_item(&Arc::new(Item { state, ..Item::clone(item) }));
    }

    fn show_change_error(self, error: &Error) {
        self.toast.set(Some(Toast { text: t::change_failed(&error_text::explain(error)), undo: None, failed: true }));
    }
}

/// What was done, and with what: the title of one notification, or the number of several.
fn done_text(action: ItemAction, items: &[Arc<Item>]) -> String {
    let count = format::saturating_u32(items.len());
    let what = match items {
        [one] => t::quoted(&text::excerpt(&text::one_line(&one.title), MAX_TITLE_LENGTH)),
        _ => t::count_notifications(count),
    };
    match action.kind {
        Action::Read => t::done_read(count, &what),
        Action::Unread => t::done_unread(count, &what),
        Action::Dismiss => t::done_dismissed(count, &what),
        Action::Restore => t::done_restored(count, &what),
        Action::Snooze => {
            let until = action.until.map(|until| format::date_time(format::epoch_millis(&until))).unwrap_or_default();
            t::done_snoozed(count, &until, &what)
        }
        Action::Unsnooze => t::done_unsnoozed(count, &what),
        Action::Pin => t::done_pinned(count, &what),
        Action::Unpin => t::done_unpinned(count, &what),
    }
}

fn done_all_text(action: Action) -> String {
    match action {
        Action::Read => t::done_all_read(),
        Action::Dismiss => t::done_all_dismissed(),
        _ => t::done_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_change_one_side_of_the_state() {
        let state = ItemState { dismissed: true, ..ItemState::default() };
        assert_eq!(state_after(Action::Read.into(), state), ItemState { read: true, dismissed: true, ..ItemState::default() });
        assert_eq!(state_after(Action::Restore.into(), state), ItemState::default());
        assert_eq!(state_after(Action::Dismiss.into(), state), state);
        assert_eq!(state_after(ItemAction::snooze(DateTime::UNIX_EPOCH), state), state, "a dismissed item stays dismissed");
        let snoozed = state_after(ItemAction::snooze(DateTime::UNIX_EPOCH), ItemState::default());
        assert_eq!(
            (state_after(Action::Dismiss.into(), snoozed), state_after(Action::Unsnooze.into(), snoozed)),
            (state, ItemState::default())
        );
    }
}
