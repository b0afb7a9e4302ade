//! The item states that the server last confirmed. Answers and live events arrive on separate connections, so
//! an older state can arrive after a newer one. This is plain data and shows nothing.

use campanile_shared::{ItemState, live::ItemChange};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// The newest confirmed states, and the items with changes in progress.
#[derive(Debug, Default)]
pub struct Told {
    words: FxHashMap<Uuid, Word>,
    awaited: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    revision: u64,
    state: ItemState,
}

impl Told {
    /// A change of these items was sent. Until it is answered, the state that this page shows is kept.
    pub fn await_answer(&mut self, ids: impl Iterator<Item = Uuid>) {
        self.awaited.extend(ids);
    }

    /// Applies the changes of a live event at a revision of the inbox. Returns those that are to be shown now.
    pub fn hear(&mut self, revision: u64, changes: Vec<ItemChange>) -> Vec<ItemChange> {
        let news = |change: &ItemChange| self.learn(change.id, revision, change.state) && !self.awaited.contains(&change.id);
        changes.into_iter().filter(news).collect()
    }

    /// The confirmed state of an item.
    pub fn state(&self, id: Uuid) -> Option<ItemState> {
        self.words.get(&id).map(|word| word.state)
    }

    /// A change was answered at a revision. Returns the state to show, or `None` if another change of the item
    /// is in progress.
    pub fn answered(&mut self, id: Uuid, revision: u64, state: ItemState) -> Option<ItemState> {
        self.learn(id, revision, state);
        self.refused(id, Some(state))
    }

    /// A change was refused or its answer was lost. Returns the confirmed state, or else `before`. Returns
    /// `None` if another change of the item is in progress.
    pub fn refused(&mut self, id: Uuid, before: Option<ItemState>) -> Option<ItemState> {
        if let Some(at) = self.awaited.iter().position(|awaited| *awaited == id) {
            self.awaited.swap_remove(at);
        }
        let told = self.state(id).or(before);
        told.filter(|_| !self.awaited.contains(&id))
    }

    /// Clears all states, because the inbox is loaded again or belongs to another person.
    pub fn forget(&mut self) {
        self.words.clear();
    }

    /// Records a state. Returns whether it is newer than the recorded one.
    fn learn(&mut self, id: Uuid, revision: u64, state: ItemState) -> bool {
        let news = self.words.get(&id).is_none_or(|word| word.revision < revision);
        if news {
            self.words.insert(id, Word { revision, state });
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

    fn awaiting() -> Told {
        let mut told = Told::default();
        told.await_answer([ID].into_iter());
        told
    }

    #[test]
    fn what_comes_late_is_passed_over() {
        let mut told = awaiting();
        assert_eq!(told.answered(ID, 3, DISMISSED), Some(DISMISSED));
        told.await_answer([ID].into_iter());
        assert_eq!(told.answered(ID, 4, READ), Some(READ), "undone");
        assert_eq!(told.hear(3, change(DISMISSED)), [], "the event of the dismissal arrives late");
        assert_eq!(told.hear(4, change(READ)), []);
        assert_eq!(told.hear(5, change(DISMISSED)), change(DISMISSED));
    }

    #[test]
    fn what_is_on_its_way_is_shown_until_it_is_answered() {
        let mut told = awaiting();
        told.await_answer([ID].into_iter());
        assert_eq!(told.hear(2, change(READ)), [], "a second change is in progress");
        assert_eq!(told.answered(ID, 2, READ), None);
        assert_eq!(told.answered(ID, 3, DISMISSED), Some(DISMISSED));
    }

    #[test]
    fn what_another_page_did_later_holds() {
        let mut told = awaiting();
        assert_eq!(told.hear(6, change(PLAIN)), []);
        assert_eq!(told.answered(ID, 5, DISMISSED), Some(PLAIN));
    }

    #[test]
    fn a_refusal_brings_back_what_was_or_what_was_told_since() {
        assert_eq!(awaiting().refused(ID, Some(PLAIN)), Some(PLAIN));
        assert_eq!(awaiting().refused(ID, None), None);
        let mut told = awaiting();
        told.hear(6, change(READ));
        assert_eq!(told.refused(ID, Some(PLAIN)), Some(READ));
    }
}
