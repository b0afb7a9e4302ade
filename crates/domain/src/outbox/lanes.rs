//! What an outbox has in hand, lane by lane: what runs, and what waits for its turn.
//!
//! A lane whose attempts are short is claimed some way ahead, so that none of its places is empty
//! while the disk is waited for. One whose attempts are long, or not known yet, gets just what it
//! has places for: what waits in hand waits with its lease running.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use campanile_shared::Channel;
use chrono::{DateTime, Utc};

use super::OutboxOptions;
use crate::{Tenant, delivery::Due};

/// How far ahead of its attempts a lane is claimed, in time.
const AHEAD: Duration = Duration::from_millis(200);
/// What part of its lease a delivery may wait in hand: the rest is for its attempt.
const LEASH: u32 = 8;

/// A claimed delivery.
pub struct Ready {
    /// The delivery.
    pub due: Due,
    /// The tenant, of one that is for a person.
    pub tenant: Option<Arc<Tenant>>,
    /// When the claim ends.
    pub lease: DateTime<Utc>,
    claimed: Instant,
}

impl Ready {
    /// One that was claimed just now.
    pub fn new(due: Due, tenant: Option<Arc<Tenant>>, lease: DateTime<Utc>) -> Self {
        Self { due, tenant, lease, claimed: Instant::now() }
    }
}

/// All lanes with something in hand.
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
    /// How long its attempts take on average, as far as any has ended.
    pace: Option<Duration>,
}

impl Lanes {
    /// No lanes yet.
    pub fn new(options: &OutboxOptions) -> Self {
        let leash = options.lease / LEASH;
        let (most, ahead, widths) = (options.most.max(1), options.ahead, options.widths.clone());
        Self { lanes: BTreeMap::new(), running: 0, waiting: 0, most, ahead, leash, widths }
    }

    /// How many more each of the lanes may take.
    pub fn room(&self) -> Vec<(String, u32)> {
        self.lanes.iter().map(|(name, lane)| (name.clone(), lane.capacity(self.ahead).saturating_sub(lane.held()))).collect()
    }

    /// Takes a claimed delivery in hand.
    pub fn add(&mut self, ready: Ready) {
        let width = self.widths.iter().find(|(channel, _)| *channel == ready.due.channel).map_or(1, |(_, width)| *width);
        let new = || Lane { width, running: 0, waiting: VecDeque::new(), pace: None };
        self.lanes.entry(ready.due.lane.clone()).or_insert_with(new).waiting.push_back(ready);
        self.waiting += 1;
    }

    /// The next to begin, if there is room for one.
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

    /// An attempt of a lane has ended, after this time. Returns whether there is room in the lane
    /// that is worth filling.
    pub fn end(&mut self, name: &str, took: Duration) -> bool {
        let Some(lane) = self.lanes.get_mut(name) else { return true };
        lane.running -= 1;
        self.running -= 1;
        // New ones count for an eighth: one slow attempt among many changes little.
        lane.pace = Some(lane.pace.map_or(took, |pace| (pace * 7 + took) / 8));
        let low = lane.held() < lane.width || lane.held() <= lane.capacity(self.ahead) / 2;
        self.tidy(name);
        low
    }

    /// Begins nothing any more.
    pub const fn close(&mut self) {
        self.most = 0;
    }

    /// Takes out what has waited so long that its lease might end during its attempt: its lane has
    /// come to a halt.
    pub fn late(&mut self) -> Vec<Ready> {
        if self.waiting == 0 {
            return Vec::new();
        }
        let leash = self.leash;
        self.take_out(|lane| !lane.in_time(leash))
    }

    /// Takes out everything that has not begun.
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

    /// How many it may have in hand.
    fn capacity(&self, ahead: u32) -> u32 {
        let pace = self.pace.map(|pace| pace.as_micros().max(1));
        let in_time = pace.map_or(0, |pace| u128::from(self.width) * AHEAD.as_micros() / pace);
        self.width + u32::try_from(in_time).unwrap_or(u32::MAX).min(ahead)
    }

    /// Whether the first that waits may still begin.
    fn in_time(&self, leash: Duration) -> bool {
        self.waiting.front().is_some_and(|ready| ready.claimed.elapsed() <= leash)
    }
}
