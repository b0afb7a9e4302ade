//! The outbox at work: claims what is due, lets the channels try, records what came of it.
//!
//! Every delivery happens at least once. A claim is a lease: whatever a process took and did not
//! record, because it died, is due again when the lease ends, with the same id. Lanes keep one dead
//! target from delaying another. Claiming, trying and recording go on side by side, each while the
//! others wait for the disk or for the other side; how much is in hand meanwhile is bounded. Whoever
//! has made an attempt goes on with the next that has its place: nobody is asked in between.

mod attempt;
mod desk;
mod lanes;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use campanile_shared::Channel;
use chrono::TimeDelta;
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time::MissedTickBehavior,
};

use self::{
    attempt::{Memory, attempt},
    desk::Desk,
    lanes::Ready,
};
use crate::{Campanile, Result, Tenant, store::Room};

/// How an outbox works.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// How long a claim lasts; longer than any attempt takes.
    pub lease: Duration,
    /// How many attempts of a channel may run at once in each lane.
    pub widths: Vec<(Channel, u32)>,
    /// How many attempts may run at once.
    pub most: u32,
    /// How many deliveries may be claimed before there is room for their attempts.
    pub ahead: u32,
    /// How often to look for what another process has left.
    pub poll: Duration,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            widths: vec![(Channel::Email, 8), (Channel::Http, 8)],
            most: 256,
            ahead: 1_024,
            poll: Duration::from_secs(1),
        }
    }
}

/// How many addresses of a mailing are planned in one step.
const SPREAD: u32 = 500;

/// How long outcomes are gathered before they are recorded. The longer, the fewer commits; and the
/// more is repeated should the process die.
const GATHER: Duration = Duration::from_millis(20);

/// An outbox.
pub struct Outbox {
    campanile: Campanile,
    options: OutboxOptions,
    memory: Arc<Memory>,
    desk: Arc<Desk>,
    in_hand: Arc<AtomicUsize>,
    /// The lane that had the last turn.
    after: String,
    /// Whether something may be due that is not in hand.
    hungry: bool,
    /// At most one.
    stocking: JoinSet<Result<Stock>>,
    /// Each makes one attempt after the other.
    workers: JoinSet<()>,
    /// At most one.
    recording: JoinSet<()>,
    releasing: JoinSet<()>,
}

/// What was found to do.
struct Stock {
    /// How much was done that may bring more to do.
    done: usize,
    ready: Vec<Ready>,
    /// Whether there was room for more.
    room: bool,
}

impl Outbox {
    /// An outbox of these use cases.
    pub fn new(campanile: Campanile, options: OutboxOptions) -> Self {
        Self {
            campanile,
            memory: Arc::default(),
            desk: Arc::new(Desk::new(&options)),
            options,
            in_hand: Arc::default(),
            after: String::new(),
            hungry: true,
            stocking: JoinSet::new(),
            workers: JoinSet::new(),
            recording: JoinSet::new(),
            releasing: JoinSet::new(),
        }
    }

    /// How many deliveries it has claimed and not recorded, kept up to date. However many are due,
    /// it is never more than [`OutboxOptions::most`] and [`OutboxOptions::ahead`] together.
    pub fn in_hand(&self) -> Arc<AtomicUsize> {
        self.in_hand.clone()
    }

    /// Works until told to stop; then what is running is given the time it needs, and what has not
    /// begun is given back.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let outgoing = self.campanile.outgoing.clone();
        let mut poll = tokio::time::interval(self.options.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow() {
            self.restock();
            let worked = tokio::select! {
                worked = self.step() => worked,
                () = outgoing.notified() => { self.hungry = true; Ok(()) }
                _ = poll.tick() => { self.hungry = true; Ok(()) }
                _ = stop.changed() => Ok(()),
            };
            if let Err(error) = worked {
                tracing::error!(%error, "the outbox cannot work; trying again");
            }
        }
        self.desk.lanes().close();
        self.give_back();
        while self.is_busy() {
            // What cannot be claimed any more need not be.
            drop(self.step().await);
            self.give_back();
        }
    }

    /// Does everything that is due at the clock's present, until nothing is left to do or running.
    pub async fn drain(&mut self) -> Result<()> {
        self.hungry = true;
        loop {
            self.restock();
            if !self.is_busy() {
                return Ok(());
            }
            self.step().await?;
        }
    }

    fn is_busy(&self) -> bool {
        !(self.stocking.is_empty() && self.workers.is_empty() && self.recording.is_empty() && self.releasing.is_empty())
    }

    /// Waits until one of the things under way is done, and does what follows from it. It can be
    /// dropped while it waits, and never ends while nothing is under way.
    async fn step(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        tokio::select! {
            Some(stock) = self.stocking.join_next() => return self.stock(stock),
            // A worker does not panic: an attempt catches the faults of its channel.
            Some(ended) = self.workers.join_next() => { pass_on(ended); self.settle(); }
            () = desk.changed() => self.settle(),
            Some(ended) = self.recording.join_next() => { pass_on(ended); self.record(); }
            Some(ended) = self.releasing.join_next() => drop(pass_on(ended)),
        }
        Ok(())
    }

    /// Looks for what is due, unless there is no room for it or somebody is looking already.
    fn restock(&mut self) {
        let most = (self.options.most + self.options.ahead) as usize;
        let free = most.saturating_sub(self.in_hand.load(Ordering::Relaxed)) as u32;
        if !self.hungry || free == 0 || !self.stocking.is_empty() {
            return;
        }
        self.hungry = false;
        let room = Room { widths: self.options.widths.clone(), lanes: self.desk.lanes().room(), after: self.after.clone() };
        self.stocking.spawn(stock(self.campanile.clone(), self.options.lease, room, free));
    }

    fn stock(&mut self, stock: std::result::Result<Result<Stock>, JoinError>) -> Result<()> {
        let Some(stock) = pass_on(stock) else { return Ok(()) };
        let stock = stock?;
        if let Some(last) = stock.ready.last() {
            self.after.clone_from(&last.due.lane);
        }
        // Perhaps there is more. A lane that is full now says itself when it wants more.
        self.hungry |= stock.done > 0 || !stock.room;
        self.in_hand.fetch_add(stock.ready.len(), Ordering::Relaxed);
        let mut lanes = self.desk.lanes();
        stock.ready.into_iter().for_each(|ready| lanes.add(ready));
        drop(lanes);
        self.begin();
        Ok(())
    }

    /// Begins what there is room for.
    fn begin(&mut self) {
        let mut lanes = self.desk.lanes();
        while let Some(ready) = lanes.begin() {
            let worker = work(self.campanile.clone(), self.memory.clone(), self.desk.clone(), self.in_hand.clone(), ready);
            self.workers.spawn(worker);
        }
        let late = lanes.late();
        drop(lanes);
        self.release(late);
    }

    /// What follows from attempts that have ended.
    fn settle(&mut self) {
        self.hungry |= self.desk.wants_more();
        self.begin();
        self.record();
    }

    /// Has recorded what has ended, unless somebody is about to: then it is recorded with that.
    fn record(&mut self) {
        if !self.desk.has_outcomes() || !self.recording.is_empty() {
            return;
        }
        let (campanile, in_hand, desk) = (self.campanile.clone(), self.in_hand.clone(), self.desk.clone());
        // While attempts are running, more will end in a moment: they share one wait for the disk.
        let pause = if self.workers.is_empty() { Duration::ZERO } else { GATHER };
        self.recording.spawn(async move {
            tokio::time::sleep(pause).await;
            let outcomes = desk.take_outcomes();
            let count = outcomes.len();
            // What cannot be recorded is due again when its lease ends.
            if let Err(error) = campanile.store.record(outcomes).await {
                tracing::error!(%error, "deliveries could not be recorded; they are repeated when their lease ends");
            }
            in_hand.fetch_sub(count, Ordering::Relaxed);
            campanile.settled.notify_waiters();
        });
    }

    /// Lets others, or this one later, have what has not begun.
    fn give_back(&mut self) {
        let back = self.desk.lanes().give_back();
        self.release(back);
    }

    fn release(&mut self, ready: Vec<Ready>) {
        if ready.is_empty() {
            return;
        }
        self.in_hand.fetch_sub(ready.len(), Ordering::Relaxed);
        self.hungry = true;
        let campanile = self.campanile.clone();
        self.releasing.spawn(async move {
            let claims = ready.into_iter().map(|ready| (ready.due.id, ready.lease)).collect();
            // It comes back by itself when its lease ends.
            if let Err(error) = campanile.store.release(claims, campanile.now()).await {
                tracing::warn!(%error, "deliveries could not be given back; they wait until their lease ends");
            }
        });
    }
}

/// What a task came to. Its panic becomes the outbox's own: what is in hand cannot be counted any more, and
/// an outbox that is started anew finds everything due when the leases end.
fn pass_on<T>(ended: std::result::Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) => error.try_into_panic().map_or(None, |panic| std::panic::resume_unwind(panic)),
    }
}

/// Makes an attempt, and then others as long as one may begin in its place.
async fn work(campanile: Campanile, memory: Arc<Memory>, desk: Arc<Desk>, in_hand: Arc<AtomicUsize>, first: Ready) {
    let mut next = Some(first);
    while let Some(ready) = next {
        let ended = attempt(&campanile, &memory, ready).await;
        if ended.outcome.is_none() {
            in_hand.fetch_sub(1, Ordering::Relaxed);
        }
        next = desk.ended(ended);
    }
}

/// Sends what was scheduled, plans a part of a mailing, claims what is due.
async fn stock(campanile: Campanile, lease: Duration, room: Room, limit: u32) -> Result<Stock> {
    let sent = campanile.send_due().await?;
    let planned = campanile.store.spread(campanile.now(), &campanile.channels.lane(Channel::Email, ""), SPREAD).await?;
    if planned > 0 {
        // A mailing may have come to nothing, and nobody records that.
        campanile.settled.notify_waiters();
    }
    let now = campanile.now();
    let until = now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::minutes(2));
    let due = campanile.store.claim(now, until, room, limit).await?;
    let mut tenants = HashMap::new();
    let mut ready = Vec::with_capacity(due.len());
    for due in due {
        let tenant: Option<Arc<Tenant>> = match (&due.reader, tenants.get(&due.tenant)) {
            (None, _) => None,
            (Some(_), Some(known)) => Some(Arc::clone(known)),
            (Some(_), None) => {
                let found = campanile.store.tenant(&due.tenant_name).await?.map(Arc::new);
                found.inspect(|found| drop(tenants.insert(due.tenant, found.clone())))
            }
        };
        ready.push(Ready::new(due, tenant, until));
    }
    Ok(Stock { done: sent + planned as usize, room: ready.len() < limit as usize, ready })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_s_panic_is_passed_on_and_its_end_is_not() {
        assert_eq!(pass_on(tokio::spawn(async { 7 }).await), Some(7));
        let endless = tokio::spawn(std::future::pending::<()>());
        endless.abort();
        assert_eq!(pass_on(endless.await), None);
        let panicked = tokio::spawn(async { panic!("a fault") }).await;
        let passed_on = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pass_on::<()>(panicked)));
        assert_eq!(passed_on.unwrap_err().downcast_ref::<&str>(), Some(&"a fault"));
    }
}
