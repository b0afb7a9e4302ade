//! The numbers on the bell, and what they are of.

use serde::{Deserialize, Serialize};

use crate::Severity;

/// Counts are exact up to this number less one; the number itself means "this many or more".
pub const CAP: u32 = 1_000;

/// The numbers on the bell, each capped at [`CAP`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Items that were neither dismissed nor snoozed.
    pub total: u32,
    /// Of these, items that were not read.
    pub unread: u32,
    /// Of these, items that arrived after the person last looked.
    pub unseen: u32,
    /// Unread items by severity.
    pub by_severity: BySeverity,
}

/// Unread items by severity; their sum is [`Counts::unread`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BySeverity {
    /// Unread information.
    pub information: u32,
    /// Unread successes.
    pub success: u32,
    /// Unread warnings.
    pub warning: u32,
    /// Unread errors.
    pub error: u32,
}

impl BySeverity {
    /// The count of one severity, to change.
    pub fn of(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Information => &mut self.information,
            Severity::Success => &mut self.success,
            Severity::Warning => &mut self.warning,
            Severity::Error => &mut self.error,
        }
    }

    /// The gravest severity with unread items.
    pub fn worst(&self) -> Option<Severity> {
        let mut counts = *self;
        Severity::ALL.into_iter().rev().find(|severity| *counts.of(*severity) > 0)
    }
}

impl Counts {
    /// Counts one more unread, unseen item of this severity. Beyond the cap nothing changes, as
    /// nothing changes for a fresh count.
    pub fn arrive(&mut self, severity: Severity) {
        self.total = CAP.min(self.total + 1);
        if self.unread < CAP {
            self.unread += 1;
            *self.by_severity.of(severity) += 1;
            self.unseen += 1;
        }
    }
}

/// The state of an inbox at one moment of the store. Of two snapshots of one generation the one with
/// the greater `(sequence, revision)` is the newer: both numbers only ever grow. A snapshot of another
/// generation replaces everything that is shown.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Which content of the store this is of: a number below 2^53, drawn at random when a database is
    /// made and whenever its content is replaced, such as by a backup.
    pub generation: u64,
    /// The tenant's newest notification at that moment, whoever it was for.
    pub sequence: u64,
    /// How often this inbox was changed, by its person or by items leaving it.
    pub revision: u64,
    /// The numbers at that moment.
    pub counts: Counts,
}

impl Snapshot {
    /// Whether this snapshot replaces `other`: it shows a later moment, or another generation.
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
            counts.arrive(Severity::Error);
        }
        assert_eq!((counts.total, counts.unread, counts.by_severity.error), (CAP, CAP, CAP));
        assert_eq!(counts.by_severity.worst(), Some(Severity::Error));
    }

    #[test]
    fn every_arrival_counts_for_its_severity() {
        let mut counts = Counts::default();
        assert_eq!(counts.by_severity.worst(), None);
        for (at, severity) in Severity::ALL.into_iter().enumerate() {
            (0..=at).for_each(|_| counts.arrive(severity));
            assert_eq!(counts.by_severity.worst(), Some(severity));
        }
        let by_severity = BySeverity { information: 1, success: 2, warning: 3, error: 4 };
        assert_eq!(counts, Counts { total: 10, unread: 10, unseen: 10, by_severity });
        *counts.by_severity.of(Severity::Warning) = 0;
        *counts.by_severity.of(Severity::Error) = 0;
        assert_eq!(counts.by_severity.worst(), Some(Severity::Success));
    }

    #[test]
    fn the_last_below_the_cap_is_counted() {
        let mut counts = Counts { total: CAP - 1, unread: CAP - 1, unseen: 5, ..Counts::default() };
        counts.arrive(Severity::Success);
        assert_eq!((counts.total, counts.unread, counts.unseen, counts.by_severity.success), (CAP, CAP, 6, 1));
        let full = counts;
        counts.arrive(Severity::Success);
        assert_eq!(counts, full);
        // What is read counts in the total alone.
        let mut read = Counts { total: CAP, ..Counts::default() };
        read.arrive(Severity::Error);
        assert_eq!((read.total, read.unread, read.unseen), (CAP, 1, 1));
    }
}
