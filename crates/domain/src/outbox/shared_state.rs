//! The state that the outbox shares with its workers: the leased deliveries and the results to record.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campanile_shared::Channel;
use tokio::sync::Notify;

use crate::{
    model::delivery::AttemptRecord,
    outbox::{
        options::OutboxOptions,
        queues::{LeasedDelivery, Queues},
    },
};

/// An attempt that has ended.
pub struct EndedAttempt {
    /// Its queue.
    pub queue: String,
    /// How long it took.
    pub took: Duration,
    /// Its result; `None` if the message could not be built because the store failed. Then the delivery is
    /// due again when its lease ends.
    pub outcome: Option<AttemptRecord>,
}

/// The shared state of an outbox.
pub struct SharedState {
    queues: Mutex<Queues>,
    /// Results that are not recorded yet.
    outcomes: Mutex<Vec<AttemptRecord>>,
    fetch_wanted: AtomicBool,
    changed: Notify,
}

impl SharedState {
    /// A state without deliveries.
    pub fn new(options: &OutboxOptions, concurrency: Vec<(Channel, u32)>) -> Self {
        Self {
            queues: Mutex::new(Queues::new(options, concurrency)),
            outcomes: Mutex::default(),
            fetch_wanted: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    /// The queues of leased deliveries.
    pub fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the result of an attempt and returns the next delivery to attempt, if any. The outbox is
    /// notified only when it has something to do: for the first result to record, and when a queue runs low.
    pub fn attempt_ended(&self, ended: EndedAttempt) -> Option<LeasedDelivery> {
        let mut lanes = self.queues();
        let low = lanes.finish(&ended.queue, ended.took);
        let next = lanes.start_next();
        drop(lanes);
        let first = ended.outcome.is_some_and(|outcome| {
            let mut outcomes = self.outcomes();
            outcomes.push(outcome);
            outcomes.len() == 1
        });
        let wants_more = low && !self.fetch_wanted.swap(true, Ordering::Relaxed);
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
    pub fn take_fetch_wanted(&self) -> bool {
        self.fetch_wanted.swap(false, Ordering::Relaxed)
    }

    /// Whether there are results to record.
    pub fn has_outcomes(&self) -> bool {
        !self.outcomes().is_empty()
    }

    /// Takes the results to record.
    pub fn take_outcomes(&self) -> Vec<AttemptRecord> {
        std::mem::take(&mut *self.outcomes())
    }

    fn outcomes(&self) -> MutexGuard<'_, Vec<AttemptRecord>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tokio::time::timeout;

    use super::*;
    use crate::{
        fixtures,
        model::delivery::{AfterAttempt, DueDelivery},
    };

    fn ready(number: u128) -> LeasedDelivery {
        LeasedDelivery::new(fixtures::due(number), None, DateTime::UNIX_EPOCH)
    }

    fn ended(ready: LeasedDelivery) -> EndedAttempt {
        let DueDelivery { id, queue: lane, .. } = ready.due;
        let outcome =
            AttemptRecord { id, next_step: AfterAttempt::Delivered, at: DateTime::UNIX_EPOCH, duration_ms: 1, detail: String::new() };
        EndedAttempt { queue: lane, took: Duration::from_millis(1), outcome: Some(outcome) }
    }

    #[tokio::test]
    async fn the_next_attempt_starts_at_once_and_the_first_result_notifies() {
        let rings = async |desk: &SharedState| timeout(Duration::from_millis(20), desk.changed()).await.is_ok();
        let desk = SharedState::new(&OutboxOptions::default(), vec![(Channel::Http, 1)]);
        (1..=3).for_each(|number| desk.queues().add(ready(number)));
        let first = desk.queues().start_next().unwrap();
        assert!(desk.queues().start_next().is_none(), "the queue runs one at a time");
        assert!(!rings(&desk).await);
        let second = desk.attempt_ended(ended(first)).unwrap();
        assert!(desk.queues().start_next().is_none(), "another one is running");
        assert!(rings(&desk).await);
        let third = desk.attempt_ended(ended(second)).unwrap();
        assert!(!rings(&desk).await, "it is recorded together with the first");
        assert!(desk.take_fetch_wanted() && !desk.take_fetch_wanted());
        assert_eq!(desk.take_outcomes().len(), 2);
        assert!(desk.attempt_ended(ended(third)).is_none());
        assert!(rings(&desk).await);
        assert!(desk.has_outcomes());
    }

    #[test]
    fn nothing_starts_once_the_queues_are_closed() {
        let desk = SharedState::new(&OutboxOptions::default(), vec![(Channel::Http, 8)]);
        (1..=9).for_each(|number| desk.queues().add(ready(number)));
        let first = desk.queues().start_next().unwrap();
        desk.queues().close();
        assert!(desk.attempt_ended(ended(first)).is_none());
        assert_eq!(desk.queues().take_waiting().len(), 8);
    }
}
