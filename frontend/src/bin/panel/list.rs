//! The list as plain data: what an event makes of it. Knows nothing of signals or of the screen.

use campanile_shared::{Item, Page, Snapshot, live::Event, live::ItemChange};

/// Beyond this many items the oldest leave the list; the console shows them all.
const LONGEST: usize = 50;

/// The newest items of an inbox, the newest first.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The items shown.
    pub items: Vec<Item>,
    /// The inbox they are of.
    pub snapshot: Snapshot,
    /// Items newer than this are new to the person.
    pub seen_up_to: u64,
}

/// What to do after an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Nothing: the list is right.
    Rest,
    /// The event told too little: fetch the list.
    Fetch,
}

impl From<Page> for List {
    fn from(page: Page) -> Self {
        Self { items: page.items, snapshot: page.snapshot, seen_up_to: page.seen_up_to }
    }
}

impl List {
    /// Follows a live event.
    pub fn follow(&mut self, event: Event) -> Next {
        let snapshot = event.snapshot();
        let newer = snapshot.is_newer_than(&self.snapshot);
        let next = match event {
            Event::Arrived { item, .. } => {
                self.insert(*item);
                Next::Rest
            }
            Event::Changed { changes, .. } if newer => self.change(&changes),
            Event::Hello { .. } if newer => Next::Fetch,
            Event::Changed { .. } | Event::Hello { .. } => Next::Rest,
            Event::Reset { .. } => Next::Fetch,
        };
        if newer && next == Next::Rest {
            self.snapshot = snapshot;
        }
        next
    }

    fn insert(&mut self, item: Item) {
        let place = self.items.partition_point(|other| other.sequence > item.sequence);
        if self.items.get(place).is_none_or(|other| other.id != item.id) {
            self.items.insert(place, item);
            self.items.truncate(LONGEST);
        }
    }

    /// Gives items another state; what was dismissed leaves. An item that comes back is not known.
    pub fn change(&mut self, changes: &[ItemChange]) -> Next {
        let mut next = Next::Rest;
        for change in changes {
            match self.items.iter().position(|item| item.id == change.id) {
                Some(index) if change.state.dismissed => drop(self.items.remove(index)),
                Some(index) => self.items[index].state = change.state,
                None if change.state.dismissed => {}
                None => next = Next::Fetch,
            }
        }
        next
    }

    /// The oldest of the items that are new to the person, when older ones follow it.
    pub fn last_new(&self) -> Option<u64> {
        let new = self.items.iter().take_while(|item| item.sequence > self.seen_up_to).count();
        if new < self.items.len() { Some(self.items[..new].last()?.sequence) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use campanile_shared::{ItemState, Language};
    use uuid::Uuid;

    use super::*;

    const UNREAD: ItemState = ItemState { read: false, dismissed: false };
    const READ: ItemState = ItemState { read: true, dismissed: false };
    const DISMISSED: ItemState = ItemState { read: false, dismissed: true };

    fn item(sequence: u64) -> Item {
        Item {
            id: Uuid::from_u128(sequence.into()),
            sequence,
            severity: Default::default(),
            priority: Default::default(),
            component: None,
            categories: Vec::new(),
            title: String::new(),
            description: String::new(),
            language: Language::english(),
            link: None,
            created_at: chrono::DateTime::UNIX_EPOCH.into(),
            accepted_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
            sender: String::new(),
            state: UNREAD,
            content: Vec::new(),
        }
    }

    fn list(sequences: &[u64]) -> List {
        let items = sequences.iter().map(|sequence| item(*sequence)).collect();
        List { items, snapshot: at(sequences[0], 1), seen_up_to: 0 }
    }

    fn at(sequence: u64, revision: u64) -> Snapshot {
        Snapshot { sequence, revision, ..Snapshot::default() }
    }

    fn arrived(sequence: u64) -> Event {
        Event::Arrived { item: Box::new(item(sequence)), snapshot: at(sequence, 1) }
    }

    fn changed(sequence: u64, state: ItemState, revision: u64) -> Event {
        Event::Changed { changes: vec![ItemChange { id: item(sequence).id, state }], snapshot: at(9, revision) }
    }

    fn sequences(list: &List) -> Vec<u64> {
        list.items.iter().map(|item| item.sequence).collect()
    }

    #[test]
    fn arrivals_take_their_place_once() {
        let mut list = list(&[7, 4]);
        for sequence in [9, 5, 9, 7] {
            assert_eq!(list.follow(arrived(sequence)), Next::Rest);
        }
        assert_eq!(sequences(&list), [9, 7, 5, 4]);
        assert_eq!(list.snapshot, at(9, 1));
        for sequence in 10..100 {
            list.follow(arrived(sequence));
        }
        assert_eq!((list.items.len(), list.items[0].sequence), (LONGEST, 99));
    }

    #[test]
    fn changes_are_followed_unless_they_are_old() {
        let mut list = list(&[9, 7]);
        assert_eq!(list.follow(changed(7, READ, 2)), Next::Rest);
        assert!(list.items[1].state.read);
        assert_eq!(list.follow(changed(7, UNREAD, 1)), Next::Rest);
        assert!(list.items[1].state.read, "an older word");
        assert_eq!(list.follow(changed(9, DISMISSED, 3)), Next::Rest);
        assert_eq!(sequences(&list), [7]);
        assert_eq!(list.follow(changed(9, UNREAD, 4)), Next::Fetch, "it came back");
        assert_eq!(list.follow(changed(3, DISMISSED, 5)), Next::Rest, "it was not shown");
    }

    #[test]
    fn a_greeting_with_news_is_a_reason_to_fetch() {
        let mut list = list(&[9]);
        assert_eq!(list.follow(Event::Hello { snapshot: at(9, 1) }), Next::Rest);
        assert_eq!(list.follow(Event::Hello { snapshot: at(9, 2) }), Next::Fetch);
        assert_eq!(list.follow(Event::Reset { snapshot: at(9, 1) }), Next::Fetch);
    }

    #[test]
    fn the_line_stands_between_new_and_old() {
        let last_new = |sequences: &[u64], seen_up_to| List { seen_up_to, ..list(sequences) }.last_new();
        assert_eq!(last_new(&[9, 7, 5], 6), Some(7));
        assert_eq!(last_new(&[9, 7, 5], 9), None);
        assert_eq!(last_new(&[9, 7, 5], 1), None);
    }
}
