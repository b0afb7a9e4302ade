//! The state that the outbox shares with its workers: the leased deliveries and the results to record.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use super::{
    OutboxOptions,
    attempt::Ended,
    lanes::{Lanes, Ready},
};
use crate::delivery::Outcome;

/// The shared state of an outbox.
pub struct Desk {
    lanes: Mutex<Lanes>,
    /// Results that are not recorded yet.
    outcomes: Mutex<Vec<Outcome>>,
    wants_more: AtomicBool,
    changed: Notify,
}

impl Desk {
    /// A state without deliveries.
    pub fn new(options: &OutboxOptions) -> Self {
        Self {
            lanes: Mutex::new(Lanes::new(options)),
            outcomes: Mutex::default(),
            wants_more: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    /// The queues of leased deliveries.
    pub fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the result of an attempt and returns the next delivery to attempt, if any. The outbox is
    /// notified only when it has something to do: for the first result to record, and when a queue runs low.
    pub fn ended(&self, ended: Ended) -> Option<Ready> {
        let mut lanes = self.lanes();
        let low = lanes.end(&ended.lane, ended.took);
        let next = lanes.begin();
        drop(lanes);
        let first = ended.outcome.is_some_and(|outcome| {
            let mut outcomes = self.outcomes();
            outcomes.push(outcome);
            outcomes.len() == 1
        });
        let wants_more = low && !self.wants_more.swap(true, Ordering::Relaxed);
        if first || wants_more {
            self.changed.notify_one();
        }
        next
    }

    /// Waits until the outbox has something to do.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether a queue has run low since the last call.
    pub fn wants_more(&self) -> bool {
        self.wants_more.swap(false, Ordering::Relaxed)
    }

    /// Whether there are results to record.
    pub fn has_outcomes(&self) -> bool {
        !self.outcomes().is_empty()
    }

    /// Takes the results to record.
    pub fn take_outcomes(&self) -> Vec<Outcome> {
        std::mem::take(&mut *self.outcomes())
    }

    fn outcomes(&self) -> MutexGuard<'_, Vec<Outcome>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use campanile_shared::Channel;
    use chrono::DateTime;
    use tokio::time::timeout;

    use super::*;
    use crate::{
        delivery::{Due, Next},
        samples,
    };

    fn ready(number: u128) -> Ready {
        Ready::new(samples::due(number), None, DateTime::UNIX_EPOCH)
    }

    fn ended(ready: Ready) -> Ended {
        let Due { id, lane, .. } = ready.due;
        let outcome = Outcome { id, next: Next::Delivered, at: DateTime::UNIX_EPOCH, millis: 1, answer: String::new() };
        Ended { lane, took: Duration::from_millis(1), outcome: Some(outcome) }
    }

    #[tokio::test]
    async fn places_are_filled_at_once_and_the_outbox_hears_of_the_first_outcome() {
        let rings = async |desk: &Desk| timeout(Duration::from_millis(20), desk.changed()).await.is_ok();
        let desk = Desk::new(&OutboxOptions { widths: vec![(Channel::Http, 1)], ..OutboxOptions::default() });
        (1..=3).for_each(|number| desk.lanes().add(ready(number)));
        let first = desk.lanes().begin().unwrap();
        assert!(desk.lanes().begin().is_none(), "the queue runs one at a time");
        assert!(!rings(&desk).await);
        let second = desk.ended(ended(first)).unwrap();
        assert!(desk.lanes().begin().is_none(), "another one is running");
        assert!(rings(&desk).await);
        let third = desk.ended(ended(second)).unwrap();
        assert!(!rings(&desk).await, "it is recorded together with the first");
        assert!(desk.wants_more() && !desk.wants_more());
        assert_eq!(desk.take_outcomes().len(), 2);
        assert!(desk.ended(ended(third)).is_none());
        assert!(rings(&desk).await);
        assert!(desk.has_outcomes());
    }

    #[test]
    fn nothing_begins_once_the_lanes_are_closed() {
        let desk = Desk::new(&OutboxOptions::default());
        (1..=9).for_each(|number| desk.lanes().add(ready(number)));
        let first = desk.lanes().begin().unwrap();
        desk.lanes().close();
        assert!(desk.ended(ended(first)).is_none());
        assert_eq!(desk.lanes().give_back().len(), 8);
    }
}
