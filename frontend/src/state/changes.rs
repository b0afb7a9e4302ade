//! Reading, dismissing and their ways back: shown at once, told to the server, taken back when
//! the server refuses.

use std::sync::Arc;

use campanile_shared::{
    Change, Changed, Filter, Item, ItemState,
    inbox::{Action, Selection},
};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{State, Toast, Undo};
use crate::{api::Error, failure, i18n::t};

/// An item's state after an action.
pub fn after(action: Action, state: ItemState) -> ItemState {
    match action {
        Action::Read => ItemState { read: true, ..state },
        Action::Unread => ItemState { read: false, ..state },
        Action::Dismiss => ItemState { dismissed: true, ..state },
        Action::Restore => ItemState { dismissed: false, ..state },
    }
}

impl State {
    /// Does something to some items. Those already so are passed over.
    pub fn change(self, action: Action, items: Vec<Arc<Item>>) {
        self.begin(action, items, true);
    }

    /// Marks an item as read because it was opened, which needs no message.
    pub fn open(self, item: &Arc<Item>) {
        self.begin(Action::Read, vec![Arc::clone(item)], false);
    }

    fn begin(self, action: Action, items: Vec<Arc<Item>>, tell: bool) {
        let before: Vec<Arc<Item>> = items.into_iter().filter(|item| after(action, item.state) != item.state).collect();
        if before.is_empty() {
            return;
        }
        let ids: Vec<Uuid> = before.iter().map(|item| item.id).collect();
        self.tally.update(|tally| before.iter().for_each(|item| tally.expect(item, after(action, item.state))));
        for item in &before {
            let changed = Arc::new(Item { state: after(action, item.state), ..Item::clone(item) });
            self.put(&changed);
        }
        let change = Change { action, items: Selection::Ids(ids.clone()) };
        spawn_local(async move {
            let answer = self.settle(self.api().change(&change).await);
            self.tally.update(|tally| tally.settle(&ids));
            match answer {
                Ok(changed) => {
                    let count = u32::try_from(before.len()).unwrap_or(u32::MAX);
                    self.finish(&changed, tell.then(|| done(action, count)), before);
                }
                Err(error) => {
                    self.restore(&before);
                    self.failed(&error);
                }
            }
        });
    }

    /// Does something to all that match a filter, as far as the person could see them.
    pub fn change_all(self, action: Action, filter: Filter) {
        let up_to = self.tally.with_untracked(|tally| tally.confirmed().sequence);
        let change = Change { action, items: Selection::Matching { filter, up_to } };
        spawn_local(async move {
            match self.settle(self.api().change(&change).await) {
                Ok(changed) => {
                    self.finish(&changed, Some(done_all(action)), Vec::new());
                    self.refresh();
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Takes the change of the message back.
    pub fn undo(self) {
        let Some(Undo { id, before }) = self.toast.with_untracked(|toast| toast.as_ref()?.undo.clone()) else { return };
        self.toast.set(None);
        spawn_local(async move {
            match self.settle(self.api().undo(id).await) {
                Ok(changed) => {
                    self.confirm(changed.snapshot);
                    self.restore(&before);
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

    fn finish(self, changed: &Changed, text: Option<String>, before: Vec<Arc<Item>>) {
        self.confirm(changed.snapshot);
        if let Some(text) = text {
            let undo = changed.undo.map(|id| Undo { id, before });
            self.toast.set(Some(Toast { text, undo, failed: false }));
        }
    }

    fn restore(self, items: &[Arc<Item>]) {
        for item in items {
            self.put(item);
        }
    }

    fn failed(self, error: &Error) {
        self.toast.set(Some(Toast { text: t::change_failed(&failure::explain(error)), undo: None, failed: true }));
    }
}

fn done(action: Action, count: u32) -> String {
    match action {
        Action::Read => t::done_read(count),
        Action::Unread => t::done_unread(count),
        Action::Dismiss => t::done_dismissed(count),
        Action::Restore => t::done_restored(count),
    }
}

fn done_all(action: Action) -> String {
    match action {
        Action::Read => t::done_all_read(),
        Action::Dismiss => t::done_all_dismissed(),
        Action::Unread | Action::Restore => t::undone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_change_one_side_of_the_state() {
        let state = ItemState { read: false, dismissed: true };
        assert_eq!(after(Action::Read, state), ItemState { read: true, dismissed: true });
        assert_eq!(after(Action::Restore, state), ItemState { read: false, dismissed: false });
        assert_eq!(after(Action::Dismiss, state), state);
    }
}
