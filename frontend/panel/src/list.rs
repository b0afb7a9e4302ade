//! The list as plain data, and what an event changes in it. It does not know signals or elements.

use campanile_shared::Snapshot;

use crate::wire::{Entry, WireItem};

/// The most items in the list. Older ones are removed; the console shows them all.
const LONGEST: usize = 50;

/// The newest items of an inbox, the newest first.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The items.
    pub items: Vec<Entry>,
    /// The inbox's snapshot that the items are of.
    pub snapshot: Snapshot,
    /// Items with a higher sequence are new to the person.
    pub seen_up_to: u64,
}

/// An event of the inbox.
#[derive(Debug)]
pub enum News {
    /// An item arrived.
    Arrived(Entry),
    /// Items changed.
    Changed(Vec<Change>),
    /// The stream starts.
    Hello,
    /// The stream cannot tell all changes.
    Reset,
}

/// The state of an item after a change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The notification's id.
    pub id: String,
    /// Whether it is read.
    pub read: bool,
    /// Whether it is dismissed or snoozed, and so not in the list.
    pub dismissed: bool,
}

impl From<&WireItem> for Change {
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
pub enum Next {
    /// Nothing. The list is up to date.
    Rest,
    /// Load the list again.
    Fetch,
}

impl List {
    /// Applies an event, after which the inbox is at `snapshot`.
    pub fn follow(&mut self, news: News, snapshot: Snapshot) -> Next {
        if snapshot.generation != self.snapshot.generation {
            return Next::Fetch;
        }
        let newer = snapshot.is_newer_than(&self.snapshot);
        let next = match news {
            News::Arrived(item) => self.insert(item),
            News::Changed(changes) if newer => self.change(&changes),
            News::Hello if newer => Next::Fetch,
            News::Changed(_) | News::Hello => Next::Rest,
            News::Reset => Next::Fetch,
        };
        if newer && next == Next::Rest {
            self.snapshot = snapshot;
        }
        next
    }

    /// Replaces the list by the server's answer. If the generation differs, nothing of the old list is kept.
    pub fn fill(&mut self, items: Vec<Entry>, seen_up_to: Option<u64>, snapshot: Snapshot) {
        if snapshot.generation != self.snapshot.generation {
            self.seen_up_to = 0;
        }
        self.items = items;
        self.seen_up_to = self.seen_up_to.max(seen_up_to.unwrap_or_default());
        self.snapshot = snapshot;
    }

    fn insert(&mut self, item: Entry) -> Next {
        let place = self.items.iter().position(|other| other.sequence <= item.sequence).unwrap_or(self.items.len());
        if self.items.get(place).is_none_or(|other| other.id != item.id) {
            self.items.insert(place, item);
            self.items.truncate(LONGEST);
        }
        Next::Rest
    }

    /// Sets the state of items, and removes dismissed ones. An item that returns to the inbox requires loading
    /// the list.
    fn change(&mut self, changes: &[Change]) -> Next {
        let mut next = Next::Rest;
        for change in changes {
            match self.items.iter().position(|item| item.id == change.id) {
                Some(index) if change.dismissed => drop(self.items.remove(index)),
                Some(index) => self.items[index].read = change.read,
                None if change.dismissed => {}
                None => next = Next::Fetch,
            }
        }
        next
    }

    /// The CSS class of an item's row: whether it is unread, and whether it is the last new one.
    pub fn class(&self, id: &str, sequence: u64) -> &'static str {
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

    fn item(sequence: u64) -> Entry {
        Entry { id: sequence.to_string(), sequence, ..Entry::default() }
    }

    fn list(sequences: &[u64]) -> List {
        let items = sequences.iter().map(|sequence| item(*sequence)).collect();
        List { items, snapshot: at(sequences[0], 1), seen_up_to: 0 }
    }

    fn at(sequence: u64, revision: u64) -> Snapshot {
        Snapshot { sequence, revision, ..Snapshot::default() }
    }

    fn changed(sequence: u64, read: bool, dismissed: bool) -> News {
        News::Changed(vec![Change { id: sequence.to_string(), read, dismissed }])
    }

    fn sequences(list: &List) -> Vec<u64> {
        list.items.iter().map(|item| item.sequence).collect()
    }

    #[test]
    fn arrivals_take_their_place_once() {
        let mut list = list(&[7, 4]);
        for sequence in [9, 5, 9, 7, 1] {
            assert_eq!(list.follow(News::Arrived(item(sequence)), at(sequence, 1)), Next::Rest);
        }
        assert_eq!(sequences(&list), [9, 7, 5, 4, 1]);
        assert_eq!(list.snapshot, at(9, 1));
        for sequence in 10..100 {
            list.follow(News::Arrived(item(sequence)), at(sequence, 1));
        }
        assert_eq!((list.items.len(), list.items[0].sequence), (LONGEST, 99));
    }

    #[test]
    fn changes_are_followed_unless_they_are_old() {
        let mut list = list(&[9, 7]);
        assert_eq!(list.follow(changed(7, true, false), at(9, 2)), Next::Rest);
        assert!(list.items[1].read);
        assert_eq!(list.follow(changed(7, false, false), at(9, 1)), Next::Rest);
        assert!(list.items[1].read, "an older change");
        assert_eq!(list.follow(changed(9, false, true), at(9, 3)), Next::Rest);
        assert_eq!(sequences(&list), [7]);
        assert_eq!(list.follow(changed(9, false, false), at(9, 4)), Next::Fetch, "an item returned");
        assert_eq!(list.follow(changed(3, false, true), at(9, 5)), Next::Rest, "the item was not in the list");
    }

    #[test]
    fn a_greeting_with_news_is_a_reason_to_fetch() {
        let mut list = list(&[9]);
        assert_eq!(list.follow(News::Hello, at(9, 1)), Next::Rest);
        assert_eq!(list.follow(News::Hello, at(9, 2)), Next::Fetch);
        assert_eq!(list.follow(News::Reset, at(9, 1)), Next::Fetch);
    }

    #[test]
    fn another_generation_is_fetched_and_replaces_everything() {
        let mut list = List { seen_up_to: 12, ..list(&[12, 11]) };
        let restored = |sequence| Snapshot { generation: 2, ..at(sequence, 1) };
        for news in [News::Arrived(item(8)), changed(12, true, false), News::Hello, News::Reset] {
            assert_eq!(list.follow(news, restored(8)), Next::Fetch);
        }
        assert_eq!((sequences(&list), list.items[0].read), (vec![12, 11], false));
        list.fill(vec![item(8), item(7)], Some(7), restored(8));
        assert_eq!((sequences(&list), list.last_new()), (vec![8, 7], Some(8)));
        assert_eq!(list.follow(News::Arrived(item(9)), restored(9)), Next::Rest);
        assert_eq!(sequences(&list), [9, 8, 7]);
    }

    #[test]
    fn the_line_stands_between_new_and_old() {
        let last_new = |sequences: &[u64], seen_up_to| List { seen_up_to, ..list(sequences) }.last_new();
        assert_eq!(last_new(&[9, 7, 5], 6), Some(7));
        assert_eq!(last_new(&[9, 7, 5], 9), None);
        assert_eq!(last_new(&[9, 7, 5], 1), None);
        let mut list = List { seen_up_to: 6, ..list(&[9, 7]) };
        list.items[0].read = true;
        list.insert(item(5));
        assert_eq!((list.class("9", 9), list.class("7", 7), list.class("5", 5)), ("", "unread last-new", "unread"));
    }
}
