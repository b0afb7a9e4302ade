//! The item states that the server last confirmed. Answers and live events arrive on separate connections, so
//! an older state can arrive after a newer one. This is plain data and shows nothing.

use campanile_shared::{ItemState, live::ItemChange};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// The newest confirmed states, and the items with changes in progress.
#[derive(Debug, Default)]
pub struct ConfirmedStates {
    states: FxHashMap<Uuid, StateAtRevision>,
    pending: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug)]
struct StateAtRevision {
    revision: u64,
    state: ItemState,
}

impl ConfirmedStates {
    /// A change of these items was sent. Until it is answered, the state that this page shows is kept.
    pub fn await_answer(&mut self, ids: impl Iterator<Item = Uuid>) {
        self.pending.extend(ids);
    }

    /// Applies the changes of a live event at a revision of the inbox. Returns those that are to be shown now.
    pub fn apply_event(&mut self, revision: u64, changes: Vec<ItemChange>) -> Vec<ItemChange> {
        let news = |change: &ItemChange| self.record(change.id, revision, change.state) && !self.pending.contains(&change.id);
        changes.into_iter().filter(news).collect()
    }

    /// The confirmed state of an item.
    pub fn state(&self, id: Uuid) -> Option<ItemState> {
        self.states.get(&id).map(|word| word.state)
    }

    /// A change was answered at a revision. Returns the state to show, or `None` if another change of the item
    /// is in progress.
    pub fn confirm(&mut self, id: Uuid, revision: u64, state: ItemState) -> Option<ItemState> {
        self.record(id, revision, state);
        self.reject(id, Some(state))
    }

    /// A change was refused or its answer was lost. Returns the confirmed state, or else `before`. Returns
    /// `None` if another change of the item is in progress.
    pub fn reject(&mut self, id: Uuid, before: Option<ItemState>) -> Option<ItemState> {
        if let Some(at) = self.pending.iter().position(|awaited| *awaited == id) {
            self.pending.swap_remove(at);
        }
        let state = self.state(id).or(before);
        state.filter(|_| !self.pending.contains(&id))
    }

    /// Clears all states, because the inbox is loaded again or belongs to another person.
    pub fn clear(&mut self) {
        self.states.clear();
    }

    /// Records a state. Returns whether it is newer than the recorded one.
    fn record(&mut self, id: Uuid, revision: u64, state: ItemState) -> bool {
        let news = self.states.get(&id).is_none_or(|word| word.revision < revision);
        if news {
            self.states.insert(id, StateAtRevision { revision, state });
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);
    const PLAIN: ItemState = ItemState { read: false, dismissed: false, snoozed_until: None, pinned: false };
    const READ: ItemState = ItemState { read: true, ..PLAIN };
    const DISMISSED: ItemState = ItemState { dismissed: true, ..READ };

    fn change(state: ItemState) -> Vec<ItemChange> {
        vec![ItemChange { id: ID, state }]
    }

    fn awaiting() -> ConfirmedStates {
        let mut states = ConfirmedStates::default();
        states.await_answer([ID].into_iter());
        states
    }

    #[test]
    fn late_events_are_ignored() {
        let mut states = awaiting();
        assert_eq!(states.confirm(ID, 3, DISMISSED), Some(DISMISSED));
        states.await_answer([ID].into_iter());
        assert_eq!(states.confirm(ID, 4, READ), Some(READ), "undone");
        assert_eq!(states.apply_event(3, change(DISMISSED)), [], "the event of the dismissal arrives late");
        assert_eq!(states.apply_event(4, change(READ)), []);
        assert_eq!(states.apply_event(5, change(DISMISSED)), change(DISMISSED));
    }

    #[test]
    fn pending_changes_stay_shown_until_answered() {
        let mut states = awaiting();
        states.await_answer([ID].into_iter());
        assert_eq!(states.apply_event(2, change(READ)), [], "a second change is in progress");
        assert_eq!(states.confirm(ID, 2, READ), None);
        assert_eq!(states.confirm(ID, 3, DISMISSED), Some(DISMISSED));
    }

    #[test]
    fn a_later_change_of_another_page_wins() {
        let mut states = awaiting();
        assert_eq!(states.apply_event(6, change(PLAIN)), []);
        assert_eq!(states.confirm(ID, 5, DISMISSED), Some(PLAIN));
    }

    #[test]
    fn a_refusal_restores_the_confirmed_state() {
        assert_eq!(awaiting().reject(ID, Some(PLAIN)), Some(PLAIN));
        assert_eq!(awaiting().reject(ID, None), None);
        let mut states = awaiting();
        states.apply_event(6, change(READ));
        assert_eq!(states.reject(ID, Some(PLAIN)), Some(READ));
    }
}
