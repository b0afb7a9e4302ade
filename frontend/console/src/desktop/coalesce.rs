//! Groups items that arrive in quick succession into one burst. A burst is shown as one notification that is
//! updated as it grows.

use std::{sync::Arc, time::Duration};

use campanile_shared::{Item, Severity};

use crate::i18n::format::EpochMillis;

/// Items that arrive within this time form one notification. The wait also lets other tabs report that they
/// show an item.
pub const GATHER_TIME: Duration = Duration::from_millis(300);
/// A burst ends when no item has arrived for this time, in milliseconds.
const BURST_GAP: EpochMillis = 10_000.0;

/// The items of the current burst, in order of arrival.
#[derive(Debug, Default)]
pub struct Burst {
    items: Vec<Arc<Item>>,
    last: EpochMillis,
}

/// A burst as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct BurstSummary {
    /// The first item. Its id is the tag of the notification, so that an update replaces it.
    pub first: Arc<Item>,
    /// The newest titles, the newest first. At most [`BurstSummary::TITLES`].
    pub titles: Vec<String>,
    /// The number of items.
    pub count: usize,
    /// The highest severity among the items.
    pub worst: Severity,
    /// Whether the notification alerts again: the severity is higher than before.
    pub alert_again: bool,
    /// Whether the notification stays until the person acts on it.
    pub urgent: bool,
}

impl BurstSummary {
    /// The number of titles that a notification has room for.
    pub const TITLES: usize = 3;
}

impl Burst {
    /// Adds items that have just arrived. Starts a new burst if the last one has ended. Returns `None` for no
    /// items.
    pub fn add(&mut self, arrived: Vec<Arc<Item>>, now: EpochMillis) -> Option<BurstSummary> {
        if now - self.last > BURST_GAP {
            self.items.clear();
        }
        let new = arrived.iter().map(|item| item.severity).max()?;
        let before = self.items.iter().map(|item| item.severity).max();
        self.last = now;
        self.items.extend(arrived);
        let worst = before.max(Some(new)).unwrap_or(new);
        Some(BurstSummary {
            first: Arc::clone(self.items.first()?),
            titles: self.items.iter().rev().take(BurstSummary::TITLES).map(|item| item.title.clone()).collect(),
            count: self.items.len(),
            worst,
            alert_again: before.is_none_or(|before| new > before),
            urgent: self.items.iter().any(|item| item.priority == campanile_shared::Priority::Urgent),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::item_list::tests::item;

    fn items(numbers: std::ops::Range<u64>, severity: Severity) -> Vec<Arc<Item>> {
        numbers.map(|number| Arc::new(item(number, severity))).collect()
    }

    #[test]
    fn a_burst_keeps_its_tag() {
        let mut burst = Burst::default();
        let one = burst.add(items(1..2, Severity::Warning), 50_000.0).unwrap();
        assert_eq!((one.count, one.worst, one.alert_again, one.first.sequence), (1, Severity::Warning, true, 1));
        let twelve = burst.add(items(2..13, Severity::Warning), 59_000.0).unwrap();
        assert_eq!((twelve.count, twelve.titles.len(), twelve.alert_again, twelve.first.sequence), (12, 3, false, 1));
        let graver = burst.add(items(13..14, Severity::Error), 68_000.0).unwrap();
        assert_eq!((graver.count, graver.worst, graver.alert_again, graver.first.sequence), (13, Severity::Error, true, 1));
    }

    #[test]
    fn a_gap_starts_a_new_burst() {
        let mut burst = Burst::default();
        burst.add(items(1..5, Severity::Error), 50_000.0);
        let next = burst.add(items(5..6, Severity::Success), 60_001.0).unwrap();
        assert_eq!((next.count, next.worst, next.alert_again, next.first.sequence), (1, Severity::Success, true, 5));
        assert_eq!(burst.add(Vec::new(), 60_002.0), None);
    }
}
