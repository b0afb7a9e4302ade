//! The counts on the bell, and snapshots that say which state of the inbox they describe.

use serde::{Deserialize, Serialize};

use crate::{Severity, limits::MAX_COUNT};

/// The counts on the bell. Each is at most 1,000, which means "1,000 or more".
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Items that are neither dismissed nor snoozed.
    pub total: u32,
    /// Of these, unread items.
    pub unread: u32,
    /// Of these, items that arrived after the person last looked at the inbox.
    pub unseen: u32,
    /// The unread items by severity.
    pub by_severity: UnreadBySeverity,
}

/// Unread items by severity. Their sum is `unread`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnreadBySeverity {
    /// Unread items with severity `information`.
    pub information: u32,
    /// Unread items with severity `success`.
    pub success: u32,
    /// Unread items with severity `warning`.
    pub warning: u32,
    /// Unread items with severity `error`.
    pub error: u32,
}

impl UnreadBySeverity {
    /// A mutable reference to the count of one severity.
    pub fn count_mut(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Information => &mut self.information,
            Severity::Success => &mut self.success,
            Severity::Warning => &mut self.warning,
            Severity::Error => &mut self.error,
        }
    }

    /// The highest severity with unread items.
    pub fn highest_severity(&self) -> Option<Severity> {
        let mut counts = *self;
        Severity::ALL.into_iter().rev().find(|severity| *counts.count_mut(*severity) > 0)
    }
}

impl Counts {
    /// Counts one new unread, unseen item of this severity. At [`MAX_COUNT`] the counts stay unchanged.
    pub fn add_arrival(&mut self, severity: Severity) {
        self.total = MAX_COUNT.min(self.total + 1);
        if self.unread < MAX_COUNT {
            self.unread += 1;
            *self.by_severity.count_mut(severity) += 1;
            self.unseen += 1;
        }
    }
}

/// The state of an inbox at one point in time. Within one generation, `sequence` and `revision` only grow, and the snapshot
/// with the greater `(sequence, revision)` is the newer one. If the generation differs, a client must discard everything it
/// shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The generation of the database: a random number below 2^53. It changes when the database is created or its content is
    /// replaced, for example by a restored backup.
    pub generation: u64,
    /// The sequence number of the tenant's newest notification, for any recipient.
    pub sequence: u64,
    /// The number of changes to this inbox, by its person or by removed items.
    pub revision: u64,
    /// The counts.
    pub counts: Counts,
}

impl Snapshot {
    /// Whether this snapshot replaces `other`: it is later, or of another generation.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        if self.generation != other.generation {
            return true;
        }
        (self.sequence, self.revision) != (other.sequence, other.revision)
            && self.sequence >= other.sequence
            && self.revision >= other.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_newer_only_when_nothing_goes_back() {
        let at = |sequence, revision| Snapshot { sequence, revision, ..Snapshot::default() };
        assert!(at(2, 1).is_newer_than(&at(1, 1)));
        assert!(at(1, 2).is_newer_than(&at(1, 1)));
        assert!(!at(1, 1).is_newer_than(&at(1, 1)));
        assert!(!at(2, 1).is_newer_than(&at(1, 2)));
    }

    #[test]
    fn another_generation_replaces_what_is_shown() {
        let at = |generation, sequence| Snapshot { generation, sequence, ..Snapshot::default() };
        assert!(at(9, 7).is_newer_than(&at(4, 12)), "the store was set back");
        assert!(at(4, 7).is_newer_than(&at(9, 7)), "a generation is a name, not a count");
        assert!(!at(9, 7).is_newer_than(&at(9, 12)));
    }

    #[test]
    fn the_generation_comes_first() {
        let json = serde_json::to_string(&Snapshot { generation: (1 << 53) - 1, ..Snapshot::default() }).unwrap();
        assert!(json.starts_with(r#"{"generation":9007199254740991,"sequence":0,"revision":0,"#), "{json}");
    }

    #[test]
    fn counts_stop_at_the_cap() {
        let mut counts = Counts::default();
        for _ in 0..1_200 {
            counts.add_arrival(Severity::Error);
        }
        assert_eq!((counts.total, counts.unread, counts.by_severity.error), (MAX_COUNT, MAX_COUNT, MAX_COUNT));
        assert_eq!(counts.by_severity.highest_severity(), Some(Severity::Error));
    }

    #[test]
    fn every_arrival_counts_for_its_severity() {
        let mut counts = Counts::default();
        assert_eq!(counts.by_severity.highest_severity(), None);
        for (at, severity) in Severity::ALL.into_iter().enumerate() {
            (0..=at).for_each(|_| counts.add_arrival(severity));
            assert_eq!(counts.by_severity.highest_severity(), Some(severity));
        }
        let by_severity = UnreadBySeverity { information: 1, success: 2, warning: 3, error: 4 };
        assert_eq!(counts, Counts { total: 10, unread: 10, unseen: 10, by_severity });
        *counts.by_severity.count_mut(Severity::Warning) = 0;
        *counts.by_severity.count_mut(Severity::Error) = 0;
        assert_eq!(counts.by_severity.highest_severity(), Some(Severity::Success));
    }

    #[test]
    fn the_last_below_the_cap_is_counted() {
        let mut counts = Counts { total: MAX_COUNT - 1, unread: MAX_COUNT - 1, unseen: 5, ..Counts::default() };
        counts.add_arrival(Severity::Success);
        assert_eq!((counts.total, counts.unread, counts.unseen, counts.by_severity.success), (MAX_COUNT, MAX_COUNT, 6, 1));
        let full = counts;
        counts.add_arrival(Severity::Success);
        assert_eq!(counts, full);
        // A read item counts in `total` only.
        let mut read = Counts { total: MAX_COUNT, ..Counts::default() };
        read.add_arrival(Severity::Error);
        assert_eq!((read.total, read.unread, read.unseen), (MAX_COUNT, 1, 1));
    }
}
