//! Queues of leased deliveries, one for each host: those that are running and those that wait.
//!
//! A queue whose attempts are short is filled ahead of time, so that its workers never wait for the disk. A
//! queue whose attempts are long, or whose duration is unknown, gets only what it can start at once, because
//! waiting uses up the lease.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use campanile_shared::Channel;
use chrono::{DateTime, Utc};

use crate::{Tenant, model::delivery::DueDelivery, outbox::options::OutboxOptions};

/// How far ahead of its attempts a queue is filled, in time.
const PREFETCH_WINDOW: Duration = Duration::from_millis(200);
/// A delivery may wait in its queue for at most its lease divided by this number. The rest of the lease is
/// for the attempt.
const WAIT_DIVISOR: u32 = 8;

/// A leased delivery.
pub struct LeasedDelivery {
    /// The delivery.
    pub due: DueDelivery,
    /// The tenant, if the delivery is for a person.
    pub tenant: Option<Arc<Tenant>>,
    /// When the lease ends.
    pub lease_expires_at: DateTime<Utc>,
    leased_at: Instant,
}

impl LeasedDelivery {
    /// A delivery that was leased just now.
    pub fn new(due: DueDelivery, tenant: Option<Arc<Tenant>>, lease_expires_at: DateTime<Utc>) -> Self {
        Self { due, tenant, lease_expires_at, leased_at: Instant::now() }
    }
}

/// All queues that hold deliveries.
pub struct Queues {
    queues: BTreeMap<String, Queue>,
    running: u32,
    waiting: u32,
    max_running: u32,
    max_prefetch: u32,
    max_wait: Duration,
    concurrency: Vec<(Channel, u32)>,
}

struct Queue {
    concurrency: u32,
    running: u32,
    waiting: VecDeque<LeasedDelivery>,
    /// The average duration of its attempts, once one has ended.
    average_duration: Option<Duration>,
}

impl Queues {
    /// No queues yet. `concurrency` says how many attempts of each channel may run at once in a queue.
    pub fn new(options: &OutboxOptions, concurrency: Vec<(Channel, u32)>) -> Self {
        let max_wait = options.lease / WAIT_DIVISOR;
        let (max_running, max_prefetch) = (options.max_running.max(1), options.max_prefetch);
        Self { queues: BTreeMap::new(), running: 0, waiting: 0, max_running, max_prefetch, max_wait, concurrency }
    }

    /// How many more deliveries each queue may take.
    pub fn free_capacity(&self) -> Vec<(String, u32)> {
        self.queues.iter().map(|(name, lane)| (name.clone(), lane.capacity(self.max_prefetch).saturating_sub(lane.leased()))).collect()
    }

    /// Adds a leased delivery to its queue.
    pub fn add(&mut self, ready: LeasedDelivery) {
        let width = self.concurrency.iter().find(|(channel, _)| *channel == ready.due.channel).map_or(1, |(_, width)| *width);
        let new = || Queue { concurrency: width, running: 0, waiting: VecDeque::new(), average_duration: None };
        self.queues.entry(ready.due.queue.clone()).or_insert_with(new).waiting.push_back(ready);
        self.waiting += 1;
    }

    /// The next delivery to start, if one may start.
    pub fn start_next(&mut self) -> Option<LeasedDelivery> {
        if self.running >= self.max_running || self.waiting == 0 {
            return None;
        }
        let lane = self.queues.values_mut().find(|lane| lane.running < lane.concurrency && lane.is_in_time(self.max_wait))?;
        let ready = lane.waiting.pop_front()?;
        lane.running += 1;
        self.running += 1;
        self.waiting -= 1;
        Some(ready)
    }

    /// Ends an attempt of a queue that took this long. Returns whether the queue should be filled again.
    pub fn finish(&mut self, name: &str, took: Duration) -> bool {
        let Some(lane) = self.queues.get_mut(name) else { return true };
        lane.running -= 1;
        self.running -= 1;
        // A new duration counts for an eighth, so that one slow attempt among many changes little.
        lane.average_duration = Some(lane.average_duration.map_or(took, |pace| (pace * 7 + took) / 8));
        let low = lane.leased() < lane.concurrency || lane.leased() <= lane.capacity(self.max_prefetch) / 2;
        self.remove_if_empty(name);
        low
    }

    /// Starts nothing from now on.
    pub const fn close(&mut self) {
        self.max_running = 0;
    }

    /// Takes out deliveries that have waited so long that their lease might end during the attempt, because
    /// their queue has stalled.
    pub fn take_late(&mut self) -> Vec<LeasedDelivery> {
        if self.waiting == 0 {
            return Vec::new();
        }
        let leash = self.max_wait;
        self.drain_where(|lane| !lane.is_in_time(leash))
    }

    /// Takes out everything that has not started.
    pub fn take_waiting(&mut self) -> Vec<LeasedDelivery> {
        self.drain_where(|_| true)
    }

    fn drain_where(&mut self, which: impl Fn(&Queue) -> bool) -> Vec<LeasedDelivery> {
        let halted = self.queues.values_mut().filter(|lane| which(lane));
        let out: Vec<LeasedDelivery> = halted.flat_map(|lane| std::mem::take(&mut lane.waiting)).collect();
        self.waiting -= out.len() as u32;
        self.queues.retain(|_, lane| lane.leased() > 0);
        out
    }

    fn remove_if_empty(&mut self, name: &str) {
        if self.queues.get(name).is_some_and(|lane| lane.leased() == 0) {
            self.queues.remove(name);
        }
    }
}

impl Queue {
    fn leased(&self) -> u32 {
        self.running + self.waiting.len() as u32
    }

    /// How many deliveries it may hold.
    fn capacity(&self, ahead: u32) -> u32 {
        let pace = self.average_duration.map(|pace| pace.as_micros().max(1));
        let in_time = pace.map_or(0, |pace| u128::from(self.concurrency) * PREFETCH_WINDOW.as_micros() / pace);
        self.concurrency + u32::try_from(in_time).unwrap_or(u32::MAX).min(ahead)
    }

    /// Whether its first waiting delivery may still start.
    fn is_in_time(&self, leash: Duration) -> bool {
        self.waiting.front().is_some_and(|ready| ready.leased_at.elapsed() <= leash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn new_queues(most: u32, ahead: u32, width: u32) -> Queues {
        let lease = Duration::from_secs(80);
        let options = OutboxOptions { lease, max_running: most, max_prefetch: ahead, ..OutboxOptions::default() };
        Queues::new(&options, vec![(Channel::Http, width)])
    }

    fn ready(number: u128, lane: &str) -> LeasedDelivery {
        LeasedDelivery::new(DueDelivery { queue: lane.to_owned(), ..fixtures::due(number) }, None, DateTime::UNIX_EPOCH)
    }

    /// Starts all that may start; returns their numbers.
    fn start_all(lanes: &mut Queues) -> Vec<u128> {
        std::iter::from_fn(|| lanes.start_next()).map(|ready| ready.due.id.as_u128()).collect()
    }

    fn free(lanes: &Queues) -> Vec<u32> {
        lanes.free_capacity().into_iter().map(|(_, room)| room).collect()
    }

    #[test]
    fn a_queue_runs_up_to_its_concurrency_in_order() {
        let mut lanes = new_queues(100, 10, 2);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "a"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(start_all(&mut lanes), [1, 2, 4]);
        lanes.finish("b", MILLISECOND);
        assert_eq!(start_all(&mut lanes), [0; 0], "queue a is full");
        lanes.finish("a", MILLISECOND);
        assert_eq!(start_all(&mut lanes), [3]);
    }

    #[test]
    fn the_total_concurrency_is_limited() {
        let mut lanes = new_queues(2, 10, 8);
        (1..=4).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(start_all(&mut lanes), [1, 2]);
        lanes.finish("a", MILLISECOND);
        assert_eq!(start_all(&mut lanes), [3]);
        // Without prefetching, there is room for one more.
        let mut lanes = self::new_queues(0, 10, 8);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(start_all(&mut lanes), [1]);
    }

    #[test]
    fn a_channel_without_a_limit_runs_one_at_a_time() {
        let mut lanes = new_queues(100, 10, 8);
        for number in 1..=2 {
            lanes.add(LeasedDelivery::new(DueDelivery { channel: Channel::Email, ..fixtures::due(number) }, None, DateTime::UNIX_EPOCH));
        }
        assert_eq!(start_all(&mut lanes), [1]);
    }

    #[test]
    fn a_fast_queue_is_filled_ahead() {
        let mut lanes = new_queues(100, 10, 2);
        (1..=3).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(free(&lanes), [0], "its average duration is unknown");
        start_all(&mut lanes);
        // Two workers make four attempts of 100 ms in 200 ms, so six may be held.
        lanes.finish("a", 100 * MILLISECOND);
        assert_eq!(free(&lanes), [4]);
        // A slow one counts for an eighth: 200 ms on average, so four may be held.
        lanes.add(ready(4, "a"));
        lanes.finish("a", 900 * MILLISECOND);
        assert_eq!(start_all(&mut lanes), [3, 4]);
        assert_eq!(free(&lanes), [2]);
        // Fast attempts are limited by the maximum.
        let mut lanes = self::new_queues(100, 10, 2);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        start_all(&mut lanes);
        lanes.finish("a", Duration::ZERO);
        assert_eq!(free(&lanes), [11]);
    }

    #[test]
    fn a_queue_is_refilled_when_it_is_half_empty() {
        let mut lanes = new_queues(100, 100, 2);
        (1..=8).for_each(|number| lanes.add(ready(number, "a")));
        start_all(&mut lanes);
        // At 50 ms ten may be held, at 8 s two.
        assert!(!lanes.finish("a", 50 * MILLISECOND), "seven of ten are held");
        start_all(&mut lanes);
        assert!(!lanes.finish("a", 50 * MILLISECOND), "six of ten");
        start_all(&mut lanes);
        assert!(lanes.finish("a", 50 * MILLISECOND), "five of ten");
        let mut slow = self::new_queues(100, 100, 2);
        (1..=3).for_each(|number| slow.add(ready(number, "a")));
        start_all(&mut slow);
        assert!(!slow.finish("a", 8_000 * MILLISECOND), "both workers are busy");
        start_all(&mut slow);
        assert!(slow.finish("a", 8_000 * MILLISECOND), "one worker is idle");
        assert!(slow.finish("unknown", MILLISECOND));
    }

    #[test]
    fn an_empty_queue_is_removed() {
        let mut lanes = new_queues(100, 10, 2);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        start_all(&mut lanes);
        lanes.finish("a", MILLISECOND);
        assert_eq!(lanes.free_capacity().len(), 1);
        lanes.finish("a", MILLISECOND);
        assert_eq!(lanes.free_capacity().len(), 0);
    }

    #[test]
    fn a_delivery_that_waited_an_eighth_of_its_lease_does_not_start() {
        let mut lanes = new_queues(100, 10, 1);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(start_all(&mut lanes), [1, 3]);
        assert!(lanes.take_late().is_empty());
        // The lease is 80 s.
        let waited = |lanes: &mut Queues, lane: &str, seconds: u64| {
            let first = lanes.queues.get_mut(lane).unwrap().waiting.front_mut().unwrap();
            first.leased_at = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        };
        waited(&mut lanes, "a", 11);
        waited(&mut lanes, "b", 9);
        assert_eq!(lanes.take_late().iter().map(|ready| ready.due.id.as_u128()).collect::<Vec<_>>(), [2]);
        assert!(lanes.take_late().is_empty());
        lanes.finish("a", MILLISECOND);
        lanes.finish("b", MILLISECOND);
        assert_eq!(start_all(&mut lanes), [4]);
    }

    #[test]
    fn waiting_deliveries_are_taken_out() {
        let mut lanes = new_queues(100, 10, 1);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(lanes.start_next().map(|ready| ready.due.id.as_u128()), Some(1));
        assert_eq!(lanes.take_waiting().iter().map(|ready| ready.due.id.as_u128()).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(lanes.free_capacity().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a"], "it still runs one");
        assert!(lanes.start_next().is_none() && lanes.take_waiting().is_empty());
        lanes.add(ready(5, "b"));
        assert_eq!(start_all(&mut lanes), [5]);
    }
}
