//! The list as plain data, and what an event changes in it. It does not know signals or elements.

use campanile_shared::Snapshot;

use crate::wire::{PanelItem, WireItem};

/// The most items in the list. Older ones are removed; the console shows them all.
const MAX_ITEMS: usize = 50;

/// The newest items of an inbox, the newest first.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The items.
    pub items: Vec<PanelItem>,
    /// The inbox's snapshot that the items are of.
    pub snapshot: Snapshot,
    /// Items with a higher sequence are new to the person.
    pub seen_up_to: u64,
}

/// An event of the inbox.
#[derive(Debug)]
pub enum InboxEvent {
    /// An item arrived.
    Arrived(PanelItem),
    /// Items changed.
    Changed(Vec<ItemChange>),
    /// The stream starts.
    Hello,
    /// The stream cannot tell all changes.
    Reset,
}

/// The state of an item after a change.
#[derive(Clone, Debug)]
pub struct ItemChange {
    /// The notification's id.
    pub id: String,
    /// Whether it is read.
    pub read: bool,
    /// Whether it is dismissed or snoozed, and so not in the list.
    pub dismissed: bool,
}

impl From<&WireItem> for ItemChange {
    fn from(change: &WireItem) -> Self {
        Self {
            id: change.id(),
            read: change.state().read(),
            dismissed: change.state().dismissed() || change.state().snoozed_until().is_some(),
        }
    }
}

/// What to do after an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AfterEvent {
    /// Nothing. The list is up to date.
    Done,
    /// Load the list again.
    Fetch,
}

impl List {
    /// Applies an event, after which the inbox is at `snapshot`.
    pub fn apply_event(&mut self, news: InboxEvent, snapshot: Snapshot) -> AfterEvent {
        if snapshot.generation != self.snapshot.generation {
            return AfterEvent::Fetch;
        }
        let newer = snapshot.is_newer_than(&self.snapshot);
        let next = match news {
            InboxEvent::Arrived(item) => self.insert(item),
            InboxEvent::Changed(changes) if newer => self.change(&changes),
            InboxEvent::Hello if newer => AfterEvent::Fetch,
            InboxEvent::Changed(_) | InboxEvent::Hello => AfterEvent::Done,
            InboxEvent::Reset => AfterEvent::Fetch,
        };
        if newer && next == AfterEvent::Done {
            self.snapshot = snapshot;
        }
        next
    }

    /// Replaces the list by the server's answer. If the generation differs, nothing of the old list is kept.
    pub fn fill(&mut self, items: Vec<PanelItem>, seen_up_to: Option<u64>, snapshot: Snapshot) {
        if snapshot.generation != self.snapshot.generation {
            self.seen_up_to = 0;
        }
        self.items = items;
        self.seen_up_to = self.seen_up_to.max(seen_up_to.unwrap_or_default());
        self.snapshot = snapshot;
    }

    fn insert(&mut self, item: PanelItem) -> AfterEvent {
        let place = self.items.iter().position(|other| other.sequence <= item.sequence).unwrap_or(self.items.len());
        if self.items.get(place).is_none_or(|other| other.id != item.id) {
            self.items.insert(place, item);
            self.items.truncate(MAX_ITEMS);
        }
        AfterEvent::Done
    }

    /// Sets the state of items, and removes dismissed ones. An item that returns to the inbox requires loading
    /// the list.
    fn change(&mut self, changes: &[ItemChange]) -> AfterEvent {
        let mut next = AfterEvent::Done;
        for change in changes {
            match self.items.iter().position(|item| item.id == change.id) {
                Some(index) if change.dismissed => drop(self.items.remove(index)),
                Some(index) => self.items[index].read = change.read,
                None if change.dismissed => {}
                None => next = AfterEvent::Fetch,
            }
        }
        next
    }

    /// The CSS class of an item's row: whether it is unread, and whether it is the last new one.
    pub fn row_class(&self, id: &str, sequence: u64) -> &'static str {
        let read = self.items.iter().find(|item| item.id == id).is_none_or(|item| item.read);
        match (read, self.last_new() == Some(sequence)) {
            (true, false) => "",
            (true, true) => "last-new",
            (false, false) => "unread",
            (false, true) => "unread last-new",
        }
    }

    /// The sequence of the oldest new item, if known items follow it.
    pub fn last_new(&self) -> Option<u64> {
        let new = self.items.iter().take_while(|item| item.sequence > self.seen_up_to).count();
        if new < self.items.len() { Some(self.items[..new].last()?.sequence) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sequence: u64) -> PanelItem {
        PanelItem { id: sequence.to_string(), sequence, ..PanelItem::default() }
    }

    fn list(sequences: &[u64]) -> List {
        let items = sequences.iter().map(|sequence| item(*sequence)).collect();
        List { items, snapshot: at(sequences[0], 1), seen_up_to: 0 }
    }

    fn at(sequence: u64, revision: u64) -> Snapshot {
        Snapshot { sequence, revision, ..Snapshot::default() }
    }

    fn changed(sequence: u64, read: bool, dismissed: bool) -> InboxEvent {
        InboxEvent::Changed(vec![ItemChange { id: sequence.to_string(), read, dismissed }])
    }

    fn sequences(list: &List) -> Vec<u64> {
        list.items.iter().map(|item| item.sequence).collect()
    }

    #[test]
    fn arrivals_are_inserted_once() {
        let mut list = list(&[7, 4]);
        for sequence in [9, 5, 9, 7, 1] {
            assert_eq!(list.apply_event(InboxEvent::Arrived(item(sequence)), at(sequence, 1)), AfterEvent::Done);
        }
        assert_eq!(sequences(&list), [9, 7, 5, 4, 1]);
        assert_eq!(list.snapshot, at(9, 1));
        for sequence in 10..100 {
            list.apply_event(InboxEvent::Arrived(item(sequence)), at(sequence, 1));
        }
        assert_eq!((list.items.len(), list.items[0].sequence), (MAX_ITEMS, 99));
    }

    #[test]
    fn only_newer_changes_apply() {
        let mut list = list(&[9, 7]);
        assert_eq!(list.apply_event(changed(7, true, false), at(9, 2)), AfterEvent::Done);
        assert!(list.items[1].read);
        assert_eq!(list.apply_event(changed(7, false, false), at(9, 1)), AfterEvent::Done);
        assert!(list.items[1].read, "an older change");
        assert_eq!(list.apply_event(changed(9, false, true), at(9, 3)), AfterEvent::Done);
        assert_eq!(sequences(&list), [7]);
        assert_eq!(list.apply_event(changed(9, false, false), at(9, 4)), AfterEvent::Fetch, "an item returned");
        assert_eq!(list.apply_event(changed(3, false, true), at(9, 5)), AfterEvent::Done, "the item was not in the list");
    }

    #[test]
    fn a_newer_hello_loads_the_list() {
        let mut list = list(&[9]);
        assert_eq!(list.apply_event(InboxEvent::Hello, at(9, 1)), AfterEvent::Done);
        assert_eq!(list.apply_event(InboxEvent::Hello, at(9, 2)), AfterEvent::Fetch);
        assert_eq!(list.apply_event(InboxEvent::Reset, at(9, 1)), AfterEvent::Fetch);
    }

    #[test]
    fn another_generation_replaces_the_list() {
        let mut list = List { seen_up_to: 12, ..list(&[12, 11]) };
        let restored = |sequence| Snapshot { generation: 2, ..at(sequence, 1) };
        for news in [InboxEvent::Arrived(item(8)), changed(12, true, false), InboxEvent::Hello, InboxEvent::Reset] {
            assert_eq!(list.apply_event(news, restored(8)), AfterEvent::Fetch);
        }
        assert_eq!((sequences(&list), list.items[0].read), (vec![12, 11], false));
        list.fill(vec![item(8), item(7)], Some(7), restored(8));
        assert_eq!((sequences(&list), list.last_new()), (vec![8, 7], Some(8)));
        assert_eq!(list.apply_event(InboxEvent::Arrived(item(9)), restored(9)), AfterEvent::Done);
        assert_eq!(sequences(&list), [9, 8, 7]);
    }

    #[test]
    fn the_line_separates_new_from_old() {
        let last_new = |sequences: &[u64], seen_up_to| List { seen_up_to, ..list(sequences) }.last_new();
        assert_eq!(last_new(&[9, 7, 5], 6), Some(7));
        assert_eq!(last_new(&[9, 7, 5], 9), None);
        assert_eq!(last_new(&[9, 7, 5], 1), None);
        let mut list = List { seen_up_to: 6, ..list(&[9, 7]) };
        list.items[0].read = true;
        list.insert(item(5));
        assert_eq!((list.row_class("9", 9), list.row_class("7", 7), list.row_class("5", 5)), ("", "unread last-new", "unread"));
    }
}
