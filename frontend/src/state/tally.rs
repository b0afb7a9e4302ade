//! The counts on the bell: the server's last snapshot, corrected by the changes that this page has sent and
//! that are not yet confirmed. Only a newer snapshot replaces the current one. A correction ends when the
//! server has answered about its item.

use campanile_shared::{
    Item, ItemState, Severity, Snapshot,
    inbox::{BySeverity, CAP, Counts},
};
use uuid::Uuid;

/// The confirmed counts and the expected changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    confirmed: Snapshot,
    expected: Vec<Expected>,
}

/// The expected effect of one item on the counts.
#[derive(Clone, Debug, PartialEq)]
struct Expected {
    id: Uuid,
    severity: Severity,
    total: i32,
    unread: i32,
}

/// How a snapshot compares with the current one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Confirmed {
    /// Not newer than the current one.
    Old,
    /// Newer, and of the same generation.
    Newer,
    /// Of another generation: all shown data are invalid.
    Replaced,
}

impl Tally {
    /// Applies a snapshot if it is newer. A snapshot of another generation also drops the expected changes.
    pub fn confirm(&mut self, snapshot: Snapshot) -> Confirmed {
        if !snapshot.is_newer_than(&self.confirmed) {
            return Confirmed::Old;
        }
        let shown = std::mem::replace(&mut self.confirmed, snapshot).generation;
        // Generation 0 means that there was no snapshot yet.
        if shown == snapshot.generation || shown == 0 {
            return Confirmed::Newer;
        }
        self.expected.clear();
        Confirmed::Replaced
    }

    /// The current generation; 0 before the first snapshot.
    pub fn generation(&self) -> u64 {
        self.confirmed.generation
    }

    /// Whether an answer may be shown. It must be of the current generation, or the generation must not have
    /// changed since the request, made at generation `asked`. Otherwise late answers of two generations would
    /// replace each other.
    pub fn admits(&self, asked: u64, answer: Snapshot) -> bool {
        answer.generation == self.generation() || asked == self.generation()
    }

    /// Expects that an item's state becomes `after`.
    pub fn expect(&mut self, item: &Item, after: ItemState) {
        let counted = |state: ItemState| (i32::from(state.is_in_inbox()), i32::from(state.is_in_inbox() && !state.read));
        let (before, after) = (counted(item.state), counted(after));
        self.settle(&[item.id]);
        self.expected.push(Expected { id: item.id, severity: item.severity, total: after.0 - before.0, unread: after.1 - before.1 });
    }

    /// The server has answered about these items: their expected changes end.
    pub fn settle(&mut self, ids: &[Uuid]) {
        self.expected.retain(|expected| !ids.contains(&expected.id));
    }

    /// All expected changes end.
    pub fn settle_all(&mut self) {
        self.expected.clear();
    }

    /// The newest snapshot of the server.
    pub fn confirmed(&self) -> Snapshot {
        self.confirmed
    }

    /// The counts to show.
    pub fn counts(&self) -> Counts {
        let mut counts = self.confirmed.counts;
        for expected in &self.expected {
            add(&mut counts.total, expected.total);
            add(&mut counts.unread, expected.unread);
            add(counts.by_severity.of(expected.severity), expected.unread);
        }
        counts.unseen = counts.unseen.min(counts.unread);
        counts
    }

    /// The highest severity among the unread items.
    pub fn worst(&self) -> Option<Severity> {
        let by_severity: BySeverity = self.counts().by_severity;
        by_severity.worst()
    }
}

/// At the cap the exact number is unknown, so it stays.
fn add(count: &mut u32, change: i32) {
    if *count < CAP {
        *count = count.saturating_add_signed(change).min(CAP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::list::tests::item;

    fn snapshot(sequence: u64, revision: u64, unread: u32) -> Snapshot {
        let by_severity = BySeverity { error: unread, ..BySeverity::default() };
        Snapshot { generation: 1, sequence, revision, counts: Counts { total: unread, unread, unseen: unread, by_severity } }
    }

    const READ: ItemState = ItemState { read: true, dismissed: false, snoozed_until: None, pinned: false };

    #[test]
    fn only_newer_words_count() {
        let mut tally = Tally::default();
        assert_eq!(tally.confirm(snapshot(5, 2, 3)), Confirmed::Newer);
        assert_eq!(tally.confirm(snapshot(4, 2, 9)), Confirmed::Old);
        assert_eq!(tally.confirm(snapshot(6, 1, 9)), Confirmed::Old);
        assert_eq!(tally.counts().unread, 3);
    }

    #[test]
    fn another_generation_replaces_the_counts_and_what_was_expected_of_them() {
        let mut tally = Tally::default();
        tally.confirm(snapshot(12, 4, 12));
        tally.expect(&item(5, Severity::Error), READ);
        let restored = Snapshot { generation: 2, ..snapshot(7, 1, 7) };
        assert_eq!(tally.confirm(restored), Confirmed::Replaced);
        assert_eq!((tally.counts().unread, tally.generation()), (7, 2));
        assert_eq!(tally.confirm(restored), Confirmed::Old);
        let late = snapshot(13, 4, 13);
        assert!(!tally.admits(late.generation, late), "a late answer of the old generation");
        assert!(tally.admits(late.generation, restored) && tally.admits(2, late));
    }

    #[test]
    fn what_is_expected_counts_until_the_server_speaks() {
        let mut tally = Tally::default();
        tally.confirm(snapshot(5, 2, 3));
        let item = item(5, Severity::Error);
        tally.expect(&item, READ);
        assert_eq!((tally.counts().unread, tally.counts().by_severity.error), (2, 2));
        tally.confirm(snapshot(5, 3, 2));
        tally.settle(&[item.id]);
        assert_eq!(tally.counts().unread, 2);
    }

    #[test]
    fn a_refusal_gives_the_count_back() {
        let mut tally = Tally::default();
        tally.confirm(snapshot(5, 2, 3));
        let item = item(5, Severity::Error);
        tally.expect(&item, ItemState { dismissed: true, ..ItemState::default() });
        assert_eq!((tally.counts().total, tally.worst()), (2, Some(Severity::Error)));
        tally.settle(&[item.id]);
        assert_eq!(tally.counts().total, 3);
    }

    #[test]
    fn beyond_the_cap_nothing_is_guessed() {
        let mut tally = Tally::default();
        tally.confirm(snapshot(5, 2, CAP));
        tally.expect(&item(5, Severity::Error), READ);
        assert_eq!(tally.counts().unread, CAP);
    }
}
