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

use super::OutboxOptions;
use crate::{Tenant, delivery::Due};

/// How far ahead of its attempts a queue is filled, in time.
const AHEAD: Duration = Duration::from_millis(200);
/// A delivery may wait in its queue for at most its lease divided by this number. The rest of the lease is
/// for the attempt.
const LEASH: u32 = 8;

/// A leased delivery.
pub struct Ready {
    /// The delivery.
    pub due: Due,
    /// The tenant, if the delivery is for a person.
    pub tenant: Option<Arc<Tenant>>,
    /// When the lease ends.
    pub lease: DateTime<Utc>,
    claimed: Instant,
}

impl Ready {
    /// A delivery that was leased just now.
    pub fn new(due: Due, tenant: Option<Arc<Tenant>>, lease: DateTime<Utc>) -> Self {
        Self { due, tenant, lease, claimed: Instant::now() }
    }
}

/// All queues that hold deliveries.
pub struct Lanes {
    lanes: BTreeMap<String, Lane>,
    running: u32,
    waiting: u32,
    most: u32,
    ahead: u32,
    leash: Duration,
    widths: Vec<(Channel, u32)>,
}

struct Lane {
    width: u32,
    running: u32,
    waiting: VecDeque<Ready>,
    /// The average duration of its attempts, once one has ended.
    pace: Option<Duration>,
}

impl Lanes {
    /// No queues yet.
    pub fn new(options: &OutboxOptions) -> Self {
        let leash = options.lease / LEASH;
        let (most, ahead, widths) = (options.most.max(1), options.ahead, options.widths.clone());
        Self { lanes: BTreeMap::new(), running: 0, waiting: 0, most, ahead, leash, widths }
    }

    /// How many more deliveries each queue may take.
    pub fn room(&self) -> Vec<(String, u32)> {
        self.lanes.iter().map(|(name, lane)| (name.clone(), lane.capacity(self.ahead).saturating_sub(lane.held()))).collect()
    }

    /// Adds a leased delivery to its queue.
    pub fn add(&mut self, ready: Ready) {
        let width = self.widths.iter().find(|(channel, _)| *channel == ready.due.channel).map_or(1, |(_, width)| *width);
        let new = || Lane { width, running: 0, waiting: VecDeque::new(), pace: None };
        self.lanes.entry(ready.due.lane.clone()).or_insert_with(new).waiting.push_back(ready);
        self.waiting += 1;
    }

    /// The next delivery to start, if one may start.
    pub fn begin(&mut self) -> Option<Ready> {
        if self.running >= self.most || self.waiting == 0 {
            return None;
        }
        let lane = self.lanes.values_mut().find(|lane| lane.running < lane.width && lane.in_time(self.leash))?;
        let ready = lane.waiting.pop_front()?;
        lane.running += 1;
        self.running += 1;
        self.waiting -= 1;
        Some(ready)
    }

    /// Ends an attempt of a queue that took this long. Returns whether the queue should be filled again.
    pub fn end(&mut self, name: &str, took: Duration) -> bool {
        let Some(lane) = self.lanes.get_mut(name) else { return true };
        lane.running -= 1;
        self.running -= 1;
        // A new duration counts for an eighth, so that one slow attempt among many changes little.
        lane.pace = Some(lane.pace.map_or(took, |pace| (pace * 7 + took) / 8));
        let low = lane.held() < lane.width || lane.held() <= lane.capacity(self.ahead) / 2;
        self.tidy(name);
        low
    }

    /// Starts nothing from now on.
    pub const fn close(&mut self) {
        self.most = 0;
    }

    /// Takes out deliveries that have waited so long that their lease might end during the attempt, because
    /// their queue has stalled.
    pub fn late(&mut self) -> Vec<Ready> {
        if self.waiting == 0 {
            return Vec::new();
        }
        let leash = self.leash;
        self.take_out(|lane| !lane.in_time(leash))
    }

    /// Takes out everything that has not started.
    pub fn give_back(&mut self) -> Vec<Ready> {
        self.take_out(|_| true)
    }

    fn take_out(&mut self, which: impl Fn(&Lane) -> bool) -> Vec<Ready> {
        let halted = self.lanes.values_mut().filter(|lane| which(lane));
        let out: Vec<Ready> = halted.flat_map(|lane| std::mem::take(&mut lane.waiting)).collect();
        self.waiting -= out.len() as u32;
        self.lanes.retain(|_, lane| lane.held() > 0);
        out
    }

    fn tidy(&mut self, name: &str) {
        if self.lanes.get(name).is_some_and(|lane| lane.held() == 0) {
            self.lanes.remove(name);
        }
    }
}

impl Lane {
    fn held(&self) -> u32 {
        self.running + self.waiting.len() as u32
    }

    /// How many deliveries it may hold.
    fn capacity(&self, ahead: u32) -> u32 {
        let pace = self.pace.map(|pace| pace.as_micros().max(1));
        let in_time = pace.map_or(0, |pace| u128::from(self.width) * AHEAD.as_micros() / pace);
        self.width + u32::try_from(in_time).unwrap_or(u32::MAX).min(ahead)
    }

    /// Whether its first waiting delivery may still start.
    fn in_time(&self, leash: Duration) -> bool {
        self.waiting.front().is_some_and(|ready| ready.claimed.elapsed() <= leash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn lanes(most: u32, ahead: u32, width: u32) -> Lanes {
        let lease = Duration::from_secs(80);
        Lanes::new(&OutboxOptions { lease, widths: vec![(Channel::Http, width)], most, ahead, ..OutboxOptions::default() })
    }

    fn ready(number: u128, lane: &str) -> Ready {
        Ready::new(Due { lane: lane.to_owned(), ..samples::due(number) }, None, DateTime::UNIX_EPOCH)
    }

    /// Starts all that may start; returns their numbers.
    fn begin_all(lanes: &mut Lanes) -> Vec<u128> {
        std::iter::from_fn(|| lanes.begin()).map(|ready| ready.due.id.as_u128()).collect()
    }

    fn room(lanes: &Lanes) -> Vec<u32> {
        lanes.room().into_iter().map(|(_, room)| room).collect()
    }

    #[test]
    fn a_lane_runs_as_many_as_it_is_wide_in_their_order() {
        let mut lanes = lanes(100, 10, 2);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "a"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(begin_all(&mut lanes), [1, 2, 4]);
        lanes.end("b", MILLISECOND);
        assert_eq!(begin_all(&mut lanes), [0; 0], "queue a is full");
        lanes.end("a", MILLISECOND);
        assert_eq!(begin_all(&mut lanes), [3]);
    }

    #[test]
    fn no_more_run_than_there_are_places_in_all() {
        let mut lanes = lanes(2, 10, 8);
        (1..=4).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(begin_all(&mut lanes), [1, 2]);
        lanes.end("a", MILLISECOND);
        assert_eq!(begin_all(&mut lanes), [3]);
        // Without prefetching, there is room for one more.
        let mut lanes = self::lanes(0, 10, 8);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(begin_all(&mut lanes), [1]);
    }

    #[test]
    fn a_channel_without_a_width_has_one_place_a_lane() {
        let mut lanes = lanes(100, 10, 8);
        for number in 1..=2 {
            lanes.add(Ready::new(Due { channel: Channel::Email, ..samples::due(number) }, None, DateTime::UNIX_EPOCH));
        }
        assert_eq!(begin_all(&mut lanes), [1]);
    }

    #[test]
    fn a_lane_is_claimed_so_far_ahead_as_its_pace_allows() {
        let mut lanes = lanes(100, 10, 2);
        (1..=3).for_each(|number| lanes.add(ready(number, "a")));
        assert_eq!(room(&lanes), [0], "its average duration is unknown");
        begin_all(&mut lanes);
        // Two workers make four attempts of 100 ms in 200 ms, so six may be held.
        lanes.end("a", 100 * MILLISECOND);
        assert_eq!(room(&lanes), [4]);
        // A slow one counts for an eighth: 200 ms on average, so four may be held.
        lanes.add(ready(4, "a"));
        lanes.end("a", 900 * MILLISECOND);
        assert_eq!(begin_all(&mut lanes), [3, 4]);
        assert_eq!(room(&lanes), [2]);
        // Fast attempts are limited by the maximum.
        let mut lanes = self::lanes(100, 10, 2);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        begin_all(&mut lanes);
        lanes.end("a", Duration::ZERO);
        assert_eq!(room(&lanes), [11]);
    }

    #[test]
    fn a_lane_wants_more_when_it_is_half_empty() {
        let mut lanes = lanes(100, 100, 2);
        (1..=8).for_each(|number| lanes.add(ready(number, "a")));
        begin_all(&mut lanes);
        // At 50 ms ten may be held, at 8 s two.
        assert!(!lanes.end("a", 50 * MILLISECOND), "seven of ten are held");
        begin_all(&mut lanes);
        assert!(!lanes.end("a", 50 * MILLISECOND), "six of ten");
        begin_all(&mut lanes);
        assert!(lanes.end("a", 50 * MILLISECOND), "five of ten");
        let mut slow = self::lanes(100, 100, 2);
        (1..=3).for_each(|number| slow.add(ready(number, "a")));
        begin_all(&mut slow);
        assert!(!slow.end("a", 8_000 * MILLISECOND), "both workers are busy");
        begin_all(&mut slow);
        assert!(slow.end("a", 8_000 * MILLISECOND), "one worker is idle");
        assert!(slow.end("unknown", MILLISECOND));
    }

    #[test]
    fn a_lane_that_has_nothing_left_is_forgotten() {
        let mut lanes = lanes(100, 10, 2);
        (1..=2).for_each(|number| lanes.add(ready(number, "a")));
        begin_all(&mut lanes);
        lanes.end("a", MILLISECOND);
        assert_eq!(lanes.room().len(), 1);
        lanes.end("a", MILLISECOND);
        assert_eq!(lanes.room().len(), 0);
    }

    #[test]
    fn what_has_waited_an_eighth_of_its_lease_begins_no_more() {
        let mut lanes = lanes(100, 10, 1);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(begin_all(&mut lanes), [1, 3]);
        assert!(lanes.late().is_empty());
        // The lease is 80 s.
        let waited = |lanes: &mut Lanes, lane: &str, seconds: u64| {
            let first = lanes.lanes.get_mut(lane).unwrap().waiting.front_mut().unwrap();
            first.claimed = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        };
        waited(&mut lanes, "a", 11);
        waited(&mut lanes, "b", 9);
        assert_eq!(lanes.late().iter().map(|ready| ready.due.id.as_u128()).collect::<Vec<_>>(), [2]);
        assert!(lanes.late().is_empty());
        lanes.end("a", MILLISECOND);
        lanes.end("b", MILLISECOND);
        assert_eq!(begin_all(&mut lanes), [4]);
    }

    #[test]
    fn what_has_not_begun_is_given_back() {
        let mut lanes = lanes(100, 10, 1);
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
            lanes.add(ready(number, lane));
        }
        assert_eq!(lanes.begin().map(|ready| ready.due.id.as_u128()), Some(1));
        assert_eq!(lanes.give_back().iter().map(|ready| ready.due.id.as_u128()).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(lanes.room().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a"], "it still runs one");
        assert!(lanes.begin().is_none() && lanes.give_back().is_empty());
        lanes.add(ready(5, "b"));
        assert_eq!(begin_all(&mut lanes), [5]);
    }
}
