//! Limits how many refusals of one kind are written per minute.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::security_log::{Entry, event::SecurityEvent};

/// The refusals counted in this process.
pub(crate) static REFUSALS: LazyLock<Refusals> = LazyLock::new(Refusals::default);

/// How many refusals of one kind are written in each [`WINDOW`].
const MAX_WRITTEN: u32 = 20;

/// The time after which counting starts again.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// The most kinds that are counted separately. Beyond that, the tenants of an event and reason share one
/// count.
const MAX_KINDS: usize = 1_000;

/// A kind of refusal: the event, the reason and the tenant, if an existing one was named.
pub(crate) type RefusalKind = (SecurityEvent, &'static str, String);

/// The refusals of each kind.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<RefusalKind, RefusalCount>>);

/// The refusals of one kind in the current span.
struct RefusalCount {
    began: Instant,
    written: u32,
    suppressed: u64,
}

impl Refusals {
    /// Counts a refusal. `None` if it is not to be written; otherwise, how many before it were not.
    pub(crate) fn count(&self, sort: RefusalKind, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sort = if kinds.len() >= MAX_KINDS && !kinds.contains_key(&sort) { (sort.0, sort.1, String::new()) } else { sort };
        let counted = kinds.entry(sort).or_insert(RefusalCount { began: now, written: 0, suppressed: 0 });
        if now.duration_since(counted.began) >= WINDOW {
            (counted.began, counted.written) = (now, 0);
        }
        if counted.written >= MAX_WRITTEN {
            counted.suppressed += 1;
            return None;
        }
        counted.written += 1;
        Some(std::mem::take(&mut counted.suppressed))
    }

    /// Removes the kinds whose span is over; returns them with how many were not written.
    pub(crate) fn take_expired(&self, now: Instant) -> Vec<(RefusalKind, u64)> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over: Vec<_> = kinds.extract_if(|_, counted| now.duration_since(counted.began) >= WINDOW).collect();
        over.into_iter().map(|(sort, counted)| (sort, counted.suppressed)).filter(|(_, left_out)| *left_out > 0).collect()
    }
}

/// Writes how many refusals were left out, once their span is over. Called by housekeeping.
pub(crate) fn write_repeated_refusals() {
    for ((event, reason, tenant), repeated) in REFUSALS.take_expired(Instant::now()) {
        Entry::new(event).tenant(&tenant).write("refused", Some(reason), repeated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_refusals_are_counted() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let sort = |tenant: &str| (SecurityEvent::PortalToken, "signature", tenant.to_owned());
        let written = (0..10_000).filter(|_| refusals.count(sort("acme"), start).is_some()).count();
        assert_eq!(written, MAX_WRITTEN as usize);
        assert_eq!(refusals.count(sort("other"), start), Some(0), "another tenant is counted separately");
        // The next refusal has the number of those left out before it; if none follows, housekeeping writes
        // it.
        assert_eq!(refusals.count(sort("acme"), start + WINDOW), Some(10_000 - u64::from(MAX_WRITTEN)));
        assert!(refusals.take_expired(start + WINDOW).is_empty(), "kinds without suppressed refusals are dropped silently");
        assert_eq!((0..50).filter(|_| refusals.count(sort("acme"), start + WINDOW).is_some()).count(), MAX_WRITTEN as usize - 1);
        assert_eq!(refusals.take_expired(start + WINDOW * 2), [(sort("acme"), 51 - u64::from(MAX_WRITTEN))]);
        assert!(refusals.take_expired(start + WINDOW * 2).is_empty() && refusals.0.lock().unwrap().is_empty());
    }

    #[test]
    fn invented_names_take_no_memory() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for number in 0..10 * MAX_KINDS {
            refusals.count((SecurityEvent::SignIn, "credentials", number.to_string()), now);
        }
        assert!(refusals.0.lock().unwrap().len() <= MAX_KINDS + 1);
    }

    #[test]
    fn a_window_ends_after_a_minute_and_suppressed_refusals_are_written_once() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let sort = || (SecurityEvent::SignIn, "credentials", String::new());
        (0..MAX_WRITTEN).for_each(|_| assert_eq!(refusals.count(sort(), start), Some(0)));
        let late = start + WINDOW - Duration::from_millis(1);
        assert_eq!((refusals.count(sort(), late), refusals.take_expired(late)), (None, Vec::new()));
        assert_eq!(refusals.take_expired(start + WINDOW), [(sort(), 1)]);
        assert_eq!(refusals.take_expired(start + WINDOW), []);
    }
}
