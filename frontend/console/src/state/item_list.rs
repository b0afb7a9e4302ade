//! A list of items in the browser: the pages loaded so far, kept in step with arrivals and changes. It loads
//! nothing itself.

use std::{cmp::Reverse, sync::Arc};

use campanile_shared::{Filter, Item, ItemState, Page, Snapshot, View};
use uuid::Uuid;

use super::filter;
use crate::api::{Error, Result};

/// Items of one filter, the newest first. In the inbox, pinned and resurfaced items are at the top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedList {
    /// The filter.
    pub filter: Filter,
    /// The loaded items.
    pub items: Vec<Arc<Item>>,
    /// Grows with every change of the items or of their order.
    pub version: u64,
    /// Whether pinned items are at the top. Otherwise they are sorted like all others.
    pub pins_on_top: bool,
    /// Items that are at the top because their snooze ended. They stay there after they are read, until the
    /// list is loaded again, so that no row moves while the person reads.
    pub resurfaced: Vec<Uuid>,
    /// The cursor of the next page; `None` at the end.
    pub next: Option<String>,
    /// Whether the search was stopped because it took too long. Older items were not searched.
    pub incomplete: bool,
    /// Items with a higher sequence are new: they arrived after the person last looked.
    pub seen_up_to: u64,
    /// The snapshot of the first page, when it was loaded last.
    pub snapshot: Snapshot,
    /// The loading state.
    pub phase: Phase,
}

/// The sections of a list, from the top.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Section {
    /// Pinned items.
    Pinned,
    /// Items whose snooze ended.
    Resurfaced,
    /// All other items, grouped by day.
    ByDay,
}

/// The loading state of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// The first page is being loaded.
    #[default]
    Loading,
    /// Nothing is being loaded.
    Ready,
    /// An older page is being loaded.
    LoadingMore,
    /// The first page could not be loaded.
    Failed(Error),
    /// An older page could not be loaded.
    MoreFailed(Error),
}

impl LoadedList {
    /// An empty list with pinned items at the top. Its first page is not loaded yet.
    pub fn of(filter: Filter) -> Self {
        Self { filter, pins_on_top: true, ..Self::default() }
    }

    /// Empties the list and sets another filter.
    pub fn reset_to(&mut self, filter: Filter) {
        *self = Self { version: self.version + 1, ..Self::of(filter) };
    }

    /// Empties the list and keeps its filter.
    pub fn reset(&mut self) {
        *self = Self { version: self.version + 1, pins_on_top: self.pins_on_top, ..Self::of(std::mem::take(&mut self.filter)) };
    }

    /// Replaces all items by a first page. Items that arrived while the page was being loaded stay.
    pub fn fill(&mut self, page: Page) {
        self.version += 1;
        self.resurfaced = page.top.iter().filter(|item| !item.state.pinned).map(|item| item.id).collect();
        self.items.retain(|item| item.sequence > page.snapshot.sequence);
        let pins = self.pins_on_top;
        for item in page.top.into_iter().filter(|item| pins || !item.state.pinned).chain(page.items) {
            if self.get(item.id).is_none() {
                self.insert(&Arc::new(item));
            }
        }
        self.next = page.next;
        self.incomplete = page.incomplete;
        self.seen_up_to = page.seen_up_to;
        self.snapshot = page.snapshot;
        self.phase = Phase::Ready;
    }

    /// Applies the answer to a request for the first page.
    pub fn receive(&mut self, answer: Result<Page>) {
        match answer {
            Ok(page) => self.fill(page),
            Err(error) if self.items.is_empty() => self.phase = Phase::Failed(error),
            Err(error) => self.phase = Phase::MoreFailed(error),
        }
    }

    /// Whether the list is loaded, but a later snapshot than its own may have other items.
    pub fn is_behind(&self, snapshot: &Snapshot) -> bool {
        matches!(self.phase, Phase::Ready | Phase::LoadingMore) && snapshot.is_newer_than(&self.snapshot)
    }

    /// Adds an older page.
    pub fn extend(&mut self, page: Page) {
        self.version += 1;
        let oldest = self.oldest();
        let top = self.items.iter().take_while(|item| self.section(item) != Section::ByDay).count();
        for item in page.items.into_iter().filter(|item| item.sequence < oldest) {
            if self.items[..top].iter().all(|known| known.id != item.id) {
                self.insert(&Arc::new(item));
            }
        }
        self.next = page.next;
        self.incomplete = page.incomplete;
        self.phase = Phase::Ready;
    }

    /// The section of an item.
    pub fn section(&self, item: &Item) -> Section {
        match self.filter.view {
            View::Inbox | View::Unread if self.pins_on_top && item.state.pinned => Section::Pinned,
            View::Inbox | View::Unread if self.resurfaced.contains(&item.id) => Section::Resurfaced,
            _ => Section::ByDay,
        }
    }

    fn insert(&mut self, item: &Arc<Item>) {
        let place = |item: &Item| (self.section(item), Reverse(item.sequence));
        let wanted = place(item);
        // The place is almost always the end.
        let at = match self.items.last() {
            Some(last) if place(last) > wanted => self.items.partition_point(|other| place(other) < wanted),
            _ => self.items.len(),
        };
        self.items.insert(at, Arc::clone(item));
    }

    /// The sequence down to which the list is loaded.
    fn oldest(&self) -> u64 {
        self.items.last().filter(|item| self.section(item) == Section::ByDay).map_or(u64::MAX, |item| item.sequence)
    }

    /// The item with an id, if it is in the list.
    pub fn get(&self, id: Uuid) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Inserts, moves or replaces an item. Removes it if it no longer belongs to the list.
    pub fn put(&mut self, item: &Arc<Item>) {
        let at = self.items.iter().position(|known| known.id == item.id);
        match (at, self.stays_visible(item)) {
            (Some(at), true) if self.section(&self.items[at]) == self.section(item) => self.items[at] = Arc::clone(item),
            (Some(at), true) => {
                self.items.remove(at);
                self.insert(item);
            }
            (Some(at), false) => drop(self.items.remove(at)),
            (None, true) if self.is_in_fetched_range(item) && filter::matches(&self.filter, item) => self.insert(item),
            (None, _) => return,
        }
        self.version += 1;
    }

    /// Sets the state of an item. Returns `false` if the list may be wrong afterwards: an item may now belong
    /// to it that was never loaded.
    pub fn set_state(&mut self, id: Uuid, state: ItemState) -> bool {
        let Some(item) = self.get(id) else { return !self.filter.view.shows(state) };
        if item.state != state {
            let changed = Arc::new(Item { state, ..Item::clone(item) });
            self.put(&changed);
        }
        true
    }

    /// Whether an item that is shown stays. Items that were just read stay in the view `unread` until the list
    /// is loaded again, so that they do not vanish while the person reads.
    fn stays_visible(&self, item: &Item) -> bool {
        match self.filter.view {
            View::Unread => View::Inbox.shows(item.state),
            view => view.shows(item.state),
        }
    }

    /// Whether an item is in the range that was loaded.
    fn is_in_fetched_range(&self, item: &Item) -> bool {
        self.next.is_none() || self.section(item) != Section::ByDay || self.oldest() < item.sequence
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use campanile_shared::{Language, Priority, Severity};
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
            corrected_at: None,
            corrected_by: None,
            corrected_by_kind: None,
            sender: "key".to_owned(),
            through: None,
            quiet: false,
            state: ItemState::default(),
            content: Vec::new(),
            buttons: Vec::new(),
            attachments: Vec::new(),
            why: None,
        }
    }

    fn list(filter: Filter, sequences: &[u64], next: Option<&str>) -> LoadedList {
        let items = sequences.iter().map(|sequence| item(*sequence, Severity::Error)).collect();
        let mut list = LoadedList::of(filter);
        list.fill(Page {
            items,
            top: Vec::new(),
            next: next.map(str::to_owned),
            incomplete: false,
            seen_up_to: 0,
            snapshot: Snapshot::default(),
        });
        list
    }

    fn sequences(list: &LoadedList) -> Vec<u64> {
        list.items.iter().map(|item| item.sequence).collect()
    }

    const DISMISSED: ItemState = ItemState { read: false, dismissed: true, snoozed_until: None, pinned: false };

    #[test]
    fn arrivals_take_their_place_once() {
        let mut list = list(Filter::default(), &[9, 7, 3], Some("more"));
        for sequence in [10, 8, 8, 2] {
            list.put(&Arc::new(item(sequence, Severity::Error)));
        }
        assert_eq!(sequences(&list), [10, 9, 8, 7, 3], "items older than the loaded range come with their page");
    }

    #[test]
    fn arrivals_during_loading_stay() {
        let mut list = LoadedList::of(Filter::default());
        list.put(&Arc::new(item(8, Severity::Error)));
        list.put(&Arc::new(item(6, Severity::Error)));
        let items = [5, 3].map(|sequence| item(sequence, Severity::Error)).into();
        let snapshot = Snapshot { sequence: 7, ..Snapshot::default() };
        list.fill(Page { items, top: Vec::new(), next: None, incomplete: false, seen_up_to: 0, snapshot });
        assert_eq!(sequences(&list), [8, 5, 3], "items that the page left out are removed");
    }

    #[test]
    fn a_reset_keeps_only_the_filter() {
        let filter = Filter { view: View::Unread, ..Filter::default() };
        let mut list = LoadedList { pins_on_top: false, ..list(filter.clone(), &[12, 11, 3], Some("more")) };
        let changes = list.version;
        list.reset();
        assert_eq!((&list.filter, list.pins_on_top, list.phase == Phase::Loading, list.next.is_none()), (&filter, false, true, true));
        assert!(list.version > changes);
        let items = [7, 3].map(|sequence| item(sequence, Severity::Error)).into();
        let snapshot = Snapshot { generation: 2, sequence: 7, ..Snapshot::default() };
        list.fill(Page { items, top: Vec::new(), next: None, incomplete: false, seen_up_to: 0, snapshot });
        assert_eq!(sequences(&list), [7, 3]);
    }

    #[test]
    fn dismissed_items_leave_and_return() {
        let mut list = list(Filter::default(), &[9, 7, 3], None);
        assert!(list.set_state(Uuid::from_u128(7), DISMISSED));
        assert_eq!(sequences(&list), [9, 3]);
        assert!(list.set_state(Uuid::from_u128(7), DISMISSED), "it is removed already");
        assert!(!list.set_state(Uuid::from_u128(7), ItemState::default()), "its text is not in the list any more");
        list.put(&Arc::new(item(7, Severity::Error)));
        assert_eq!(sequences(&list), [9, 7, 3]);
    }

    #[test]
    fn items_just_read_stay_in_the_unread_view() {
        let mut list = list(Filter { view: View::Unread, ..Filter::default() }, &[9, 7], None);
        list.set_state(Uuid::from_u128(9), ItemState { read: true, ..ItemState::default() });
        assert_eq!(sequences(&list), [9, 7]);
    }

    #[test]
    fn items_on_top_are_listed_once() {
        let mut list = list(Filter::default(), &[], None);
        let state = |pinned| ItemState { pinned, ..ItemState::default() };
        let of = |sequence, pinned| Item { state: state(pinned), ..item(sequence, Severity::Error) };
        let top = vec![of(5, false), of(3, true)];
        list.fill(Page {
            items: vec![of(9, false), of(7, false)],
            top,
            next: Some("7".into()),
            incomplete: false,
            seen_up_to: 0,
            snapshot: Snapshot::default(),
        });
        assert_eq!(sequences(&list), [3, 5, 9, 7]);
        let items = vec![of(5, false), of(4, false), of(3, true), of(2, true)];
        list.extend(Page { items, top: Vec::new(), next: None, incomplete: false, seen_up_to: 0, snapshot: Snapshot::default() });
        assert_eq!(sequences(&list), [3, 2, 5, 9, 7, 4]);
        list.set_state(Uuid::from_u128(7), state(true));
        list.set_state(Uuid::from_u128(5), ItemState { read: true, ..ItemState::default() });
        assert_eq!(sequences(&list), [7, 3, 2, 5, 9, 4], "the pinned item moves up, the read one stays");
        list.set_state(Uuid::from_u128(2), state(false));
        assert_eq!(sequences(&list), [7, 3, 5, 9, 4, 2]);
    }
}
