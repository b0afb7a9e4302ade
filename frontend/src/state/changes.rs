//! Changes of items, such as read and dismiss, and their undo. A change is shown at once, sent to the server,
//! and reverted if the server refuses it. This code is loaded after the first page.

use std::sync::Arc;

use campanile_shared::{
    Change, Changed, Filter, Item, ItemState,
    inbox::{Action, Selection},
};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{State, Toast, Told, Undo};
use crate::{
    api::Error,
    failure,
    fetched::{NotFetched, fetched},
    i18n::{format, t},
};

/// What the person wants done with items.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deed {
    /// The action.
    pub action: Action,
    /// The time until which items are snoozed. Only for [`Action::Snooze`].
    pub until: Option<DateTime<Utc>>,
}

impl From<Action> for Deed {
    fn from(action: Action) -> Self {
        Self { action, until: None }
    }
}

impl Deed {
    /// Snoozes until a time.
    pub const fn snooze(until: DateTime<Utc>) -> Self {
        Self { action: Action::Snooze, until: Some(until) }
    }

    /// Whether an item moves to another view by it.
    pub const fn moves(self) -> bool {
        matches!(self.action, Action::Dismiss | Action::Restore | Action::Snooze | Action::Unsnooze)
    }
}

/// The state of an item after an action.
pub fn after(deed: Deed, state: ItemState) -> ItemState {
    match deed.action {
        Action::Read => ItemState { read: true, ..state },
        Action::Unread => ItemState { read: false, ..state },
        Action::Dismiss => ItemState { dismissed: true, snoozed_until: None, ..state },
        Action::Restore => ItemState { dismissed: false, ..state },
        Action::Snooze if state.dismissed => state,
        Action::Snooze | Action::Unsnooze => ItemState { snoozed_until: deed.until, ..state },
        Action::Pin => ItemState { pinned: true, ..state },
        Action::Unpin => ItemState { pinned: false, ..state },
    }
}

/// A change that the person asked for.
enum Wish {
    /// An action on some items, and whether to show a message.
    Some { deed: Deed, items: Vec<Arc<Item>>, tell: bool },
    /// An action on all items that match a filter.
    All { deed: Deed, filter: Filter },
    /// Undo the change of the current message.
    Undo,
}

fetched! {
    /// Runs a change.
    after_first_paint::changer: fn(State, Wish) = |state, wish| match wish {
        Wish::Some { deed, items, tell } => state.begin(deed, items, tell),
        Wish::All { deed, filter } => state.begin_all(deed, filter),
        Wish::Undo => state.begin_undo(),
    }
}

impl State {
    /// Changes some items. Items that are already in that state are skipped.
    pub fn change(self, deed: Deed, items: Vec<Arc<Item>>) {
        self.wish(Wish::Some { deed, items, tell: true });
    }

    /// Marks an item as read because it was opened. Shows no message.
    pub fn open(self, item: &Arc<Item>) {
        self.wish(Wish::Some { deed: Action::Read.into(), items: vec![Arc::clone(item)], tell: false });
    }

    /// Changes all items that match a filter, up to the newest one that the person can see.
    pub fn change_all(self, deed: Deed, filter: Filter) {
        self.wish(Wish::All { deed, filter });
    }

    /// Undoes the change of the current message.
    pub fn undo(self) {
        self.wish(Wish::Undo);
    }

    fn wish(self, wish: Wish) {
        spawn_local(async move {
            match changer().await {
                Ok(change) => change(self, wish),
                Err(NotFetched) => self.cannot_reach(),
            }
        });
    }

    fn begin(self, deed: Deed, items: Vec<Arc<Item>>, tell: bool) {
        let before: Vec<Arc<Item>> = items.into_iter().filter(|item| after(deed, item.state) != item.state).collect();
        if before.is_empty() {
            return;
        }
        let ids: Vec<Uuid> = before.iter().map(|item| item.id).collect();
        self.tally.update(|tally| before.iter().for_each(|item| tally.expect(item, after(deed, item.state))));
        self.told.update_value(|told| told.await_answer(ids.iter().copied()));
        for item in &before {
            self.put_as(item, after(deed, item.state));
        }
        let change = Change { action: deed.action, until: deed.until, items: Selection::Ids(ids.clone()) };
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.settle(self.api().change(&change).await);
            self.tally.update(|tally| tally.settle(&ids));
            if self.is_past(asked, answer.as_ref()) {
                return;
            }
            match answer {
                Ok(changed) => {
                    let count = u32::try_from(before.len()).unwrap_or(u32::MAX);
                    self.answered(&before, |told, item| told.answered(item.id, changed.snapshot.revision, after(deed, item.state)));
                    self.finish(&changed, tell.then(|| done(deed, count)), before);
                }
                Err(error) => {
                    self.answered(&before, |told, item| told.refused(item.id, Some(item.state)));
                    self.failed(&error);
                }
            }
        });
    }

    fn begin_all(self, deed: Deed, filter: Filter) {
        let up_to = self.tally.with_untracked(|tally| tally.confirmed().sequence);
        let change = Change { action: deed.action, until: deed.until, items: Selection::Matching { filter, up_to } };
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.settle(self.api().change(&change).await);
            if self.is_past(asked, answer.as_ref()) {
                return;
            }
            match answer {
                Ok(changed) => {
                    self.finish(&changed, Some(done_all(deed.action)), Vec::new());
                    self.refresh();
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    fn begin_undo(self) {
        let Some(Undo { id, before }) = self.toast.with_untracked(|toast| toast.as_ref()?.undo.clone()) else { return };
        self.toast.set(None);
        self.told.update_value(|told| told.await_answer(before.iter().map(|item| item.id)));
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.settle(self.api().undo(id).await);
            if self.is_past(asked, answer.as_ref()) {
                return;
            }
            let revision = answer.as_ref().map(|changed| changed.snapshot.revision).ok();
            self.answered(&before, |told, item| match revision {
                Some(revision) => told.answered(item.id, revision, item.state),
                None => told.refused(item.id, None),
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
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Applies the snapshot of an answer. Returns whether the changed items are of a past generation: they must
    /// not be shown again.
    fn is_past(self, asked: u64, answer: Result<&Changed, &Error>) -> bool {
        match answer {
            Ok(changed) => !self.confirm_answer(asked, changed.snapshot) || changed.snapshot.generation != asked,
            Err(_) => self.generation() != asked,
        }
    }

    fn finish(self, changed: &Changed, text: Option<String>, before: Vec<Arc<Item>>) {
        if let Some(text) = text {
            let undo = changed.undo.map(|id| Undo { id, before });
            self.toast.set(Some(Toast { text, undo, failed: false }));
        }
    }

    /// Shows the states that `told` returns for the items.
    fn answered(self, items: &[Arc<Item>], told: impl Fn(&mut Told, &Item) -> Option<ItemState>) {
        for item in items {
            if let Some(state) = self.told.try_update_value(|words| told(words, item)).flatten() {
                self.put_as(item, state);
            }
        }
    }

    fn put_as(self, item: &Arc<Item>, state: ItemState) {
        self.put(&Arc::new(Item { state, ..Item::clone(item) }));
    }

    fn failed(self, error: &Error) {
        self.toast.set(Some(Toast { text: t::change_failed(&failure::explain(error)), undo: None, failed: true }));
    }
}

fn done(deed: Deed, count: u32) -> String {
    match deed.action {
        Action::Read => t::done_read(count),
        Action::Unread => t::done_unread(count),
        Action::Dismiss => t::done_dismissed(count),
        Action::Restore => t::done_restored(count),
        Action::Snooze => t::done_snoozed(&deed.until.map(|until| format::moment(format::instant(&until))).unwrap_or_default()),
        Action::Unsnooze => t::done_unsnoozed(),
        Action::Pin => t::done_pinned(),
        Action::Unpin => t::done_unpinned(),
    }
}

fn done_all(action: Action) -> String {
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
        assert_eq!(after(Action::Read.into(), state), ItemState { read: true, dismissed: true, ..ItemState::default() });
        assert_eq!(after(Action::Restore.into(), state), ItemState::default());
        assert_eq!(after(Action::Dismiss.into(), state), state);
        assert_eq!(after(Deed::snooze(DateTime::UNIX_EPOCH), state), state, "a dismissed item stays dismissed");
        let snoozed = after(Deed::snooze(DateTime::UNIX_EPOCH), ItemState::default());
        assert_eq!((after(Action::Dismiss.into(), snoozed), after(Action::Unsnooze.into(), snoozed)), (state, ItemState::default()));
    }
}
