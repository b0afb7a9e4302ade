//! The counts on the bell: the server's last snapshot, corrected by the changes that this page has sent and
//! that are not yet confirmed. Only a newer snapshot replaces the current one. A correction ends when the
//! server has answered about its item.

use campanile_shared::{
    Item, ItemState, Severity, Snapshot,
    inbox::{Counts, UnreadBySeverity},
    limits::MAX_COUNT,
};
use uuid::Uuid;

/// The confirmed counts and the expected changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptimisticCounts {
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
pub enum SnapshotAge {
    /// Not newer than the current one.
    NotNewer,
    /// Newer, and of the same generation.
    Newer,
    /// Of another generation: all shown data are invalid.
    OtherGeneration,
}

impl OptimisticCounts {
    /// Applies a snapshot if it is newer. A snapshot of another generation also drops the expected changes.
    pub fn apply_snapshot(&mut self, snapshot: Snapshot) -> SnapshotAge {
        if !snapshot.is_newer_than(&self.confirmed) {
            return SnapshotAge::NotNewer;
        }
        let shown = std::mem::replace(&mut self.confirmed, snapshot).generation;
        // Generation 0 means that there was no snapshot yet.
        if shown == snapshot.generation || shown == 0 {
            return SnapshotAge::Newer;
        }
        self.expected.clear();
        SnapshotAge::OtherGeneration
    }

    /// The current generation; 0 before the first snapshot.
    pub fn generation(&self) -> u64 {
        self.confirmed.generation
    }

    /// Whether an answer may be shown. It must be of the current generation, or the generation must not have
    /// changed since the request, made at generation `request_generation`. Otherwise late answers of two generations would
    /// replace each other.
    pub fn accepts_answer(&self, request_generation: u64, answer: Snapshot) -> bool {
        answer.generation == self.generation() || request_generation == self.generation()
    }

    /// Expects that an item's state becomes `after`.
    pub fn expect_change(&mut self, item: &Item, after: ItemState) {
        let counted = |state: ItemState| (i32::from(state.is_in_inbox()), i32::from(state.is_in_inbox() && !state.read));
        let (before, after) = (counted(item.state), counted(after));
        self.clear_expected(&[item.id]);
        self.expected.push(Expected { id: item.id, severity: item.severity, total: after.0 - before.0, unread: after.1 - before.1 });
    }

    /// The server has answered about these items: their expected changes end.
    pub fn clear_expected(&mut self, ids: &[Uuid]) {
        self.expected.retain(|expected| !ids.contains(&expected.id));
    }

    /// All expected changes end.
    pub fn clear_all_expected(&mut self) {
        self.expected.clear();
    }

    /// The newest snapshot of the server.
    pub fn confirmed_snapshot(&self) -> Snapshot {
        self.confirmed
    }

    /// The counts to show.
    pub fn counts(&self) -> Counts {
        let mut counts = self.confirmed.counts;
        for expected in &self.expected {
            add(&mut counts.total, expected.total);
            add(&mut counts.unread, expected.unread);
            add(counts.by_severity.count_mut(expected.severity), expected.unread);
        }
        counts.unseen = counts.unseen.min(counts.unread);
        counts
    }

    /// The highest severity among the unread items.
    pub fn worst_severity(&self) -> Option<Severity> {
        let by_severity: UnreadBySeverity = self.counts().by_severity;
        by_severity.highest_severity()
    }
}

/// At the cap the exact number is unknown, so it stays.
fn add(count: &mut u32, change: i32) {
    if *count < MAX_COUNT {
        *count = count.saturating_add_signed(change).min(MAX_COUNT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::item_list::tests::item;

    fn snapshot(sequence: u64, revision: u64, unread: u32) -> Snapshot {
        let by_severity = UnreadBySeverity { error: unread, ..UnreadBySeverity::default() };
        Snapshot { generation: 1, sequence, revision, counts: Counts { total: unread, unread, unseen: unread, by_severity } }
    }

    const READ: ItemState = ItemState { read: true, dismissed: false, snoozed_until: None, pinned: false };

    #[test]
    fn only_newer_snapshots_apply() {
        let mut counts = OptimisticCounts::default();
        assert_eq!(counts.apply_snapshot(snapshot(5, 2, 3)), SnapshotAge::Newer);
        assert_eq!(counts.apply_snapshot(snapshot(4, 2, 9)), SnapshotAge::NotNewer);
        assert_eq!(counts.apply_snapshot(snapshot(6, 1, 9)), SnapshotAge::NotNewer);
        assert_eq!(counts.counts().unread, 3);
    }

    #[test]
    fn another_generation_replaces_counts_and_expected_changes() {
        let mut counts = OptimisticCounts::default();
        counts.apply_snapshot(snapshot(12, 4, 12));
        counts.expect_change(&item(5, Severity::Error), READ);
        let restored = Snapshot { generation: 2, ..snapshot(7, 1, 7) };
        assert_eq!(counts.apply_snapshot(restored), SnapshotAge::OtherGeneration);
        assert_eq!((counts.counts().unread, counts.generation()), (7, 2));
        assert_eq!(counts.apply_snapshot(restored), SnapshotAge::NotNewer);
        let late = snapshot(13, 4, 13);
        assert!(!counts.accepts_answer(late.generation, late), "a late answer of the old generation");
        assert!(counts.accepts_answer(late.generation, restored) && counts.accepts_answer(2, late));
    }

    #[test]
    fn expected_changes_count_until_confirmed() {
        let mut counts = OptimisticCounts::default();
        counts.apply_snapshot(snapshot(5, 2, 3));
        let item = item(5, Severity::Error);
        counts.expect_change(&item, READ);
        assert_eq!((counts.counts().unread, counts.counts().by_severity.error), (2, 2));
        counts.apply_snapshot(snapshot(5, 3, 2));
        counts.clear_expected(&[item.id]);
        assert_eq!(counts.counts().unread, 2);
    }

    #[test]
    fn a_refusal_restores_the_count() {
        let mut counts = OptimisticCounts::default();
        counts.apply_snapshot(snapshot(5, 2, 3));
        let item = item(5, Severity::Error);
        counts.expect_change(&item, ItemState { dismissed: true, ..ItemState::default() });
        assert_eq!((counts.counts().total, counts.worst_severity()), (2, Some(Severity::Error)));
        counts.clear_expected(&[item.id]);
        assert_eq!(counts.counts().total, 3);
    }

    #[test]
    fn at_the_cap_the_count_stays() {
        let mut counts = OptimisticCounts::default();
        counts.apply_snapshot(snapshot(5, 2, MAX_COUNT));
        counts.expect_change(&item(5, Severity::Error), READ);
        assert_eq!(counts.counts().unread, MAX_COUNT);
    }
}
