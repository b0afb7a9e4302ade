//! One list of items as it is held in the browser: the pages fetched so far, kept in step with
//! arrivals and changes. Plain data; it fetches nothing.

use std::sync::Arc;

use campanile_shared::{Filter, Item, ItemState, Page, View};
use uuid::Uuid;

use crate::api::Error;

/// Items of one filter, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// What the list is of.
    pub filter: Filter,
    /// What was fetched of it.
    pub items: Vec<Arc<Item>>,
    /// Where the next page begins; nothing at the end.
    pub next: Option<String>,
    /// Items newer than this arrived after the person last looked.
    pub seen_up_to: u64,
    /// What goes on with it.
    pub phase: Phase,
}

/// What goes on with a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Its first page is on its way.
    #[default]
    Loading,
    /// Nothing is awaited.
    Ready,
    /// An older page is on its way.
    LoadingMore,
    /// The first page could not be fetched.
    Failed(Error),
    /// An older page could not be fetched.
    MoreFailed(Error),
}

impl List {
    /// An empty list that awaits its first page.
    pub fn of(filter: Filter) -> Self {
        Self { filter, ..Self::default() }
    }

    /// Replaces everything by a first page.
    pub fn fill(&mut self, page: Page) {
        self.items = page.items.into_iter().map(Arc::new).collect();
        self.next = page.next;
        self.seen_up_to = page.seen_up_to;
        self.phase = Phase::Ready;
    }

    /// Adds an older page.
    pub fn extend(&mut self, page: Page) {
        let oldest = self.items.last().map_or(u64::MAX, |item| item.sequence);
        self.items.extend(page.items.into_iter().filter(|item| item.sequence < oldest).map(Arc::new));
        self.next = page.next;
        self.phase = Phase::Ready;
    }

    /// The item of an id, when it is in the list.
    pub fn get(&self, id: Uuid) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Puts an item where it belongs, or out of the list when it no longer belongs there.
    pub fn put(&mut self, item: &Arc<Item>) {
        let at = self.items.iter().position(|known| known.id == item.id);
        match (at, self.keeps(item)) {
            (Some(at), true) => self.items[at] = Arc::clone(item),
            (Some(at), false) => drop(self.items.remove(at)),
            (None, true) if self.reaches(item) && self.admits(item) => {
                let at = self.items.partition_point(|newer| newer.sequence > item.sequence);
                self.items.insert(at, Arc::clone(item));
            }
            (None, _) => {}
        }
    }

    /// Gives an item of the list a new state; says whether the list can be right after it. It may
    /// be wrong when an item belongs to it that it has never held.
    pub fn set_state(&mut self, id: Uuid, state: ItemState) -> bool {
        let Some(item) = self.get(id) else { return state.dismissed != (self.filter.view == View::Dismissed) };
        if item.state != state {
            let changed = Arc::new(Item { state, ..Item::clone(item) });
            self.put(&changed);
        }
        true
    }

    /// Whether an item that is shown stays. What was read stays among the unread until the list is
    /// fetched again: it must not vanish under the reader's eyes.
    fn keeps(&self, item: &Item) -> bool {
        item.state.dismissed == (self.filter.view == View::Dismissed)
    }

    /// Whether an item is of the part of the list that was fetched.
    fn reaches(&self, item: &Item) -> bool {
        self.next.is_none() || self.items.last().is_some_and(|oldest| oldest.sequence < item.sequence)
    }

    /// Whether a new item belongs to the list, by the server's rule as far as an excerpt allows.
    fn admits(&self, item: &Item) -> bool {
        let Filter { view, severity, component, text } = &self.filter;
        (severity.is_empty() || severity.contains(&item.severity))
            && component.as_ref().is_none_or(|component| item.component.as_ref() == Some(component))
            && (*view != View::Unread || !item.state.read)
            && text.as_deref().is_none_or(|text| mentions(item, text))
    }
}

/// Whether each word of `text` begins a word of the item.
fn mentions(item: &Item, text: &str) -> bool {
    let said = [&item.title, &item.description, item.component.as_ref().unwrap_or(&item.title)].map(|part| part.to_lowercase());
    let words = || said.iter().flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    let wanted = text.to_lowercase();
    wanted.split(|c: char| !c.is_alphanumeric()).all(|start| words().any(|word| word.starts_with(start)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use campanile_shared::{Language, Priority, Severity, Snapshot};
    use chrono::DateTime;

    pub(crate) fn item(sequence: u64, severity: Severity) -> Item {
        Item {
            id: Uuid::from_u128(sequence.into()),
            sequence,
            severity,
            priority: Priority::Normal,
            component: Some("Gateway".to_owned()),
            categories: Vec::new(),
            title: "Certificate expires".to_owned(),
            description: String::new(),
            language: Language::english(),
            link: None,
            created_at: DateTime::UNIX_EPOCH.into(),
            accepted_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            sender: "key".to_owned(),
            quiet: false,
            state: ItemState::default(),
            content: Vec::new(),
            buttons: Vec::new(),
            attachments: Vec::new(),
        }
    }

    fn list(filter: Filter, sequences: &[u64], next: Option<&str>) -> List {
        let items = sequences.iter().map(|sequence| item(*sequence, Severity::Error)).collect();
        let mut list = List::of(filter);
        list.fill(Page { items, next: next.map(str::to_owned), seen_up_to: 0, snapshot: Snapshot::default() });
        list
    }

    fn sequences(list: &List) -> Vec<u64> {
        list.items.iter().map(|item| item.sequence).collect()
    }

    const DISMISSED: ItemState = ItemState { read: false, dismissed: true };

    #[test]
    fn arrivals_take_their_place_once() {
        let mut list = list(Filter::default(), &[9, 7, 3], Some("more"));
        for sequence in [10, 8, 8, 2] {
            list.put(&Arc::new(item(sequence, Severity::Error)));
        }
        assert_eq!(sequences(&list), [10, 9, 8, 7, 3], "what is older than the fetched part comes with its page");
    }

    #[test]
    fn the_dismissed_leave_and_come_back() {
        let mut list = list(Filter::default(), &[9, 7, 3], None);
        assert!(list.set_state(Uuid::from_u128(7), DISMISSED));
        assert_eq!(sequences(&list), [9, 3]);
        assert!(list.set_state(Uuid::from_u128(7), DISMISSED), "it is out already");
        assert!(!list.set_state(Uuid::from_u128(7), ItemState::default()), "its text is not here any more");
        list.put(&Arc::new(item(7, Severity::Error)));
        assert_eq!(sequences(&list), [9, 7, 3]);
    }

    #[test]
    fn the_read_stay_among_the_unread() {
        let mut list = list(Filter { view: View::Unread, ..Filter::default() }, &[9, 7], None);
        list.set_state(Uuid::from_u128(9), ItemState { read: true, dismissed: false });
        assert_eq!(sequences(&list), [9, 7]);
    }

    #[test]
    fn arrivals_are_filtered() {
        let admits = |filter: Filter| list(filter, &[], None).admits(&item(1, Severity::Warning));
        assert!(admits(Filter { text: Some("cert gate".to_owned()), ..Filter::default() }));
        assert!(!admits(Filter { text: Some("cert door".to_owned()), ..Filter::default() }));
        assert!(!admits(Filter { severity: vec![Severity::Error], ..Filter::default() }));
        assert!(!admits(Filter { component: Some("gateway".to_owned()), ..Filter::default() }));
    }
}
