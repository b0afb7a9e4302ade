//! The outbox: leases due deliveries, makes the attempts and records the results.
//!
//! Every delivery is made at least once. If a process dies before it has recorded a leased delivery, the
//! delivery is due again when the lease ends, with the same id. Per-host queues keep one dead target from
//! delaying the others.
//!
//! Leasing, attempting and recording run concurrently, so that none waits for the disk or the network of
//! another. The number of leased deliveries is bounded. A worker that has finished an attempt takes the next
//! from the queues by itself.

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

/// Settings of an outbox.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// How long a lease lasts. It must be longer than any attempt takes.
    pub lease: Duration,
    /// How many attempts of a channel may run at once in each queue.
    pub widths: Vec<(Channel, u32)>,
    /// How many attempts may run at once in all.
    pub most: u32,
    /// How many deliveries may be leased beyond those that can run at once.
    pub ahead: u32,
    /// How often to look for deliveries that other processes have left.
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

/// How long results are collected before they are recorded. A longer time means fewer commits, but more
/// deliveries repeated if the process dies.
const GATHER: Duration = Duration::from_millis(20);

/// The outbox.
pub struct Outbox {
    campanile: Campanile,
    options: OutboxOptions,
    memory: Arc<Memory>,
    desk: Arc<Desk>,
    in_hand: Arc<AtomicUsize>,
    /// The queue that was served last.
    after: String,
    /// Whether deliveries may be due that are not leased.
    hungry: bool,
    /// At most one task.
    stocking: JoinSet<Result<Stock>>,
    /// Each task makes one attempt after another.
    workers: JoinSet<()>,
    /// At most one task.
    recording: JoinSet<()>,
    releasing: JoinSet<()>,
}

/// The result of a look for due deliveries.
struct Stock {
    /// How much was sent or planned, which may have made more deliveries due.
    done: usize,
    ready: Vec<Ready>,
    /// Whether the limit was not reached, so that nothing more is due.
    room: bool,
}

impl Outbox {
    /// Creates an outbox.
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

    /// The number of deliveries that are leased and not recorded, kept up to date. It never exceeds the sum
    /// of [`OutboxOptions::most`] and [`OutboxOptions::ahead`].
    pub fn in_hand(&self) -> Arc<AtomicUsize> {
        self.in_hand.clone()
    }

    /// Runs until told to stop. Then running attempts are completed, and the other leases are released.
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
                tracing::error!(%error, "the outbox failed; trying again");
            }
        }
        self.desk.lanes().close();
        self.give_back();
        while self.is_busy() {
            // Errors no longer matter: nothing more is leased.
            drop(self.step().await);
            self.give_back();
        }
    }

    /// Makes every delivery that is due now, and returns when nothing is due or running.
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

    /// Waits until one of the running tasks ends, and handles its result. It is cancel-safe. It never returns
    /// while no task is running.
    async fn step(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        tokio::select! {
            Some(stock) = self.stocking.join_next() => return self.stock(stock),
            // A worker does not panic: an attempt catches the panics of its channel.
            Some(ended) = self.workers.join_next() => { pass_on(ended); self.settle(); }
            () = desk.changed() => self.settle(),
            Some(ended) = self.recording.join_next() => { pass_on(ended); self.record(); }
            Some(ended) = self.releasing.join_next() => drop(pass_on(ended)),
        }
        Ok(())
    }

    /// Starts a look for due deliveries, if one is needed, there is room, and none is running.
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
        // There may be more. A queue that is full now asks for more itself.
        self.hungry |= stock.done > 0 || !stock.room;
        self.in_hand.fetch_add(stock.ready.len(), Ordering::Relaxed);
        let mut lanes = self.desk.lanes();
        stock.ready.into_iter().for_each(|ready| lanes.add(ready));
        drop(lanes);
        self.begin();
        Ok(())
    }

    /// Starts as many attempts as may run.
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

    /// Handles attempts that have ended.
    fn settle(&mut self) {
        self.hungry |= self.desk.wants_more();
        self.begin();
        self.record();
    }

    /// Starts recording results, unless this is already running: the results then go with its successor.
    fn record(&mut self) {
        if !self.desk.has_outcomes() || !self.recording.is_empty() {
            return;
        }
        let (campanile, in_hand, desk) = (self.campanile.clone(), self.in_hand.clone(), self.desk.clone());
        // While attempts are running, more results will follow soon: they share one commit.
        let pause = if self.workers.is_empty() { Duration::ZERO } else { GATHER };
        self.recording.spawn(async move {
            tokio::time::sleep(pause).await;
            let outcomes = desk.take_outcomes();
            let count = outcomes.len();
            // What cannot be recorded is due again when its lease ends.
            if let Err(error) = campanile.store.record(outcomes).await {
                tracing::error!(%error, "the results of deliveries could not be recorded; the deliveries are repeated when their lease ends");
            }
            in_hand.fetch_sub(count, Ordering::Relaxed);
            campanile.settled.notify_waiters();
        });
    }

    /// Releases deliveries that have not started, so that this or another process can lease them again.
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
            // The lease ends by itself.
            if let Err(error) = campanile.store.release(claims, campanile.now()).await {
                tracing::warn!(%error, "leases could not be released; the deliveries wait until their lease ends");
            }
        });
    }
}

/// The result of a task. A panic is passed on: the leased deliveries can no longer be counted. A new outbox
/// finds everything due when the leases end.
fn pass_on<T>(ended: std::result::Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) => error.try_into_panic().map_or(None, |panic| std::panic::resume_unwind(panic)),
    }
}

/// Makes an attempt, and then others while the queues have one to start.
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

/// Sends due scheduled notifications, plans a part of the mailings, leases due deliveries.
async fn stock(campanile: Campanile, lease: Duration, room: Room, limit: u32) -> Result<Stock> {
    let sent = campanile.send_due().await?;
    let planned = campanile.store.spread(campanile.now(), &campanile.channels.lane(Channel::Email, ""), SPREAD).await?;
    if planned > 0 {
        // A mailing may have no recipients; then no result is recorded that would notify.
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
