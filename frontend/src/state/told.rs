//! What the server last told of each item's state. Answers and the stream take ways of their own, so
//! what is older may come later: the word on the change before the one that was just answered. Plain
//! data; it shows nothing.

use campanile_shared::{ItemState, live::ItemChange};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// The newest words, and the items that changes of this page are on their way for.
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
    /// A change of these items is on its way; what this page shows of them counts until it is answered.
    pub fn await_answer(&mut self, ids: impl Iterator<Item = Uuid>) {
        self.awaited.extend(ids);
    }

    /// Takes what the stream tells in at a revision of the inbox; keeps of it what is to be shown now.
    pub fn hear(&mut self, revision: u64, changes: Vec<ItemChange>) -> Vec<ItemChange> {
        let news = |change: &ItemChange| self.learn(change.id, revision, change.state) && !self.awaited.contains(&change.id);
        changes.into_iter().filter(news).collect()
    }

    /// What was told of an item's state, if anything was.
    pub fn state(&self, id: Uuid) -> Option<ItemState> {
        self.words.get(&id).map(|word| word.state)
    }

    /// A change was answered at a revision: the state to show of its item, unless another change of it
    /// is on its way.
    pub fn answered(&mut self, id: Uuid, revision: u64, state: ItemState) -> Option<ItemState> {
        self.learn(id, revision, state);
        self.refused(id, Some(state))
    }

    /// A change was refused, or its answer got lost: the state to show of its item, which is `before`
    /// where nothing was told of it, unless another change of it is on its way.
    pub fn refused(&mut self, id: Uuid, before: Option<ItemState>) -> Option<ItemState> {
        if let Some(at) = self.awaited.iter().position(|awaited| *awaited == id) {
            self.awaited.swap_remove(at);
        }
        let told = self.state(id).or(before);
        told.filter(|_| !self.awaited.contains(&id))
    }

    /// The inbox is fetched anew, or is another's: what was told of its items is in what comes.
    pub fn forget(&mut self) {
        self.words.clear();
    }

    /// Notes a word; says whether it was news.
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
        assert_eq!(told.answered(ID, 4, READ), Some(READ), "taken back");
        assert_eq!(told.hear(3, change(DISMISSED)), [], "the stream tells of the dismissal only now");
        assert_eq!(told.hear(4, change(READ)), []);
        assert_eq!(told.hear(5, change(DISMISSED)), change(DISMISSED));
    }

    #[test]
    fn what_is_on_its_way_is_shown_until_it_is_answered() {
        let mut told = awaiting();
        told.await_answer([ID].into_iter());
        assert_eq!(told.hear(2, change(READ)), [], "the second change stands already");
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
