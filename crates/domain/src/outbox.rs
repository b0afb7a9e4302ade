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
pub mod options;
mod queues;
mod shared_state;

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
    attempt::{NotificationCache, attempt},
    options::OutboxOptions,
    queues::LeasedDelivery,
    shared_state::SharedState,
};
use crate::{Campanile, Result, Tenant, model::queue_capacity::QueueCapacity};

/// How many addresses of a mailing are planned in one step.
const MAILING_BATCH: u32 = 500;

/// How long results are collected before they are recorded. A longer time means fewer commits, but more
/// deliveries repeated if the process dies.
const RECORD_DELAY: Duration = Duration::from_millis(20);

/// The outbox.
pub struct Outbox {
    campanile: Campanile,
    options: OutboxOptions,
    cache: Arc<NotificationCache>,
    state: Arc<SharedState>,
    leased: Arc<AtomicUsize>,
    /// The queue that was served last.
    last_queue: String,
    /// Whether deliveries may be due that are not leased.
    poll_needed: bool,
    /// At most one task.
    fetching: JoinSet<Result<Batch>>,
    /// Each task makes one attempt after another.
    workers: JoinSet<()>,
    /// At most one task.
    recording: JoinSet<()>,
    releasing: JoinSet<()>,
}

/// The result of a look for due deliveries.
struct Batch {
    /// How much was sent or planned, which may have made more deliveries due.
    progress: usize,
    leased: Vec<LeasedDelivery>,
    /// Whether the limit was not reached, so that nothing more is due.
    had_room: bool,
}

impl Outbox {
    /// Creates an outbox.
    pub fn new(campanile: Campanile, options: OutboxOptions) -> Self {
        let state = SharedState::new(&options, campanile.channels.concurrency());
        Self {
            campanile,
            cache: Arc::default(),
            state: Arc::new(state),
            options,
            leased: Arc::default(),
            last_queue: String::new(),
            poll_needed: true,
            fetching: JoinSet::new(),
            workers: JoinSet::new(),
            recording: JoinSet::new(),
            releasing: JoinSet::new(),
        }
    }

    /// The number of deliveries that are leased and not recorded, kept up to date. It never exceeds the sum
    /// of [`OutboxOptions::max_running`] and [`OutboxOptions::max_prefetch`].
    pub fn leased_count(&self) -> Arc<AtomicUsize> {
        self.leased.clone()
    }

    /// Runs until it is stopped. Then running attempts are completed, and the other leases are released.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let outgoing = self.campanile.delivery_added.clone();
        let mut poll = tokio::time::interval(self.options.poll_interval);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow() {
            self.fetch_if_needed();
            let worked = tokio::select! {
                worked = self.step() => worked,
                () = outgoing.notified() => { self.poll_needed = true; Ok(()) }
                _ = poll.tick() => { self.poll_needed = true; Ok(()) }
                _ = stop.changed() => Ok(()),
            };
            if let Err(error) = worked {
                tracing::error!(%error, "the outbox failed; trying again");
            }
        }
        self.state.queues().close();
        self.release_waiting();
        while self.is_busy() {
            // Errors no longer matter: nothing more is leased.
            drop(self.step().await);
            self.release_waiting();
        }
    }

    /// Makes every delivery that is due now, and returns when nothing is due or running.
    pub async fn drain(&mut self) -> Result<()> {
        self.poll_needed = true;
        loop {
            self.fetch_if_needed();
            if !self.is_busy() {
                return Ok(());
            }
            self.step().await?;
        }
    }

    fn is_busy(&self) -> bool {
        !(self.fetching.is_empty() && self.workers.is_empty() && self.recording.is_empty() && self.releasing.is_empty())
    }

    /// Waits until one of the running tasks ends, and handles its result. It is cancel-safe. It never returns
    /// while no task is running.
    async fn step(&mut self) -> Result<()> {
        let desk = self.state.clone();
        tokio::select! {
            Some(stock) = self.fetching.join_next() => return self.take_batch(stock),
            // A worker does not panic: an attempt catches the panics of its channel.
            Some(ended) = self.workers.join_next() => { join_result(ended); self.attempts_ended(); }
            () = desk.changed() => self.attempts_ended(),
            Some(ended) = self.recording.join_next() => { join_result(ended); self.record_attempts(); }
            Some(ended) = self.releasing.join_next() => drop(join_result(ended)),
        }
        Ok(())
    }

    /// Starts a look for due deliveries, if one is needed, there is room, and none is running.
    fn fetch_if_needed(&mut self) {
        let most = (self.options.max_running + self.options.max_prefetch) as usize;
        let free = most.saturating_sub(self.leased.load(Ordering::Relaxed)) as u32;
        if !self.poll_needed || free == 0 || !self.fetching.is_empty() {
            return;
        }
        self.poll_needed = false;
        let room = QueueCapacity {
            concurrency: self.campanile.channels.concurrency(),
            free: self.state.queues().free_capacity(),
            last_queue: self.last_queue.clone(),
        };
        self.fetching.spawn(fetch_batch(self.campanile.clone(), self.options.lease, room, free));
    }

    fn take_batch(&mut self, stock: std::result::Result<Result<Batch>, JoinError>) -> Result<()> {
        let Some(stock) = join_result(stock) else { return Ok(()) };
        let stock = stock?;
        if let Some(last) = stock.leased.last() {
            self.last_queue.clone_from(&last.due.queue);
        }
        // There may be more. A queue that is full now asks for more itself.
        self.poll_needed |= stock.progress > 0 || !stock.had_room;
        self.leased.fetch_add(stock.leased.len(), Ordering::Relaxed);
        let mut lanes = self.state.queues();
        stock.leased.into_iter().for_each(|ready| lanes.add(ready));
        drop(lanes);
        self.start_attempts();
        Ok(())
    }

    /// Starts as many attempts as may run.
    fn start_attempts(&mut self) {
        let mut lanes = self.state.queues();
        while let Some(ready) = lanes.start_next() {
            let worker = run_attempts(self.campanile.clone(), self.cache.clone(), self.state.clone(), self.leased.clone(), ready);
            self.workers.spawn(worker);
        }
        let late = lanes.take_late();
        drop(lanes);
        self.release(late);
    }

    /// Handles attempts that have ended.
    fn attempts_ended(&mut self) {
        self.poll_needed |= self.state.take_fetch_wanted();
        self.start_attempts();
        self.record_attempts();
    }

    /// Starts recording results, unless this is already running: the results then go with its successor.
    fn record_attempts(&mut self) {
        if !self.state.has_outcomes() || !self.recording.is_empty() {
            return;
        }
        let (campanile, in_hand, desk) = (self.campanile.clone(), self.leased.clone(), self.state.clone());
        // While attempts are running, more results will follow soon: they share one commit.
        let pause = if self.workers.is_empty() { Duration::ZERO } else { RECORD_DELAY };
        self.recording.spawn(async move {
            tokio::time::sleep(pause).await;
            let outcomes = desk.take_outcomes();
            let count = outcomes.len();
            // What cannot be recorded is due again when its lease ends.
            if let Err(error) = campanile.store.record_attempts(outcomes).await {
                tracing::error!(%error, "the results of deliveries could not be recorded; the deliveries are repeated when their lease ends");
            }
            in_hand.fetch_sub(count, Ordering::Relaxed);
            campanile.attempts_recorded.notify_waiters();
        });
    }

    /// Releases deliveries that have not started, so that this or another process can lease them again.
    fn release_waiting(&mut self) {
        let back = self.state.queues().take_waiting();
        self.release(back);
    }

    fn release(&mut self, ready: Vec<LeasedDelivery>) {
        if ready.is_empty() {
            return;
        }
        self.leased.fetch_sub(ready.len(), Ordering::Relaxed);
        self.poll_needed = true;
        let campanile = self.campanile.clone();
        self.releasing.spawn(async move {
            let claims = ready.into_iter().map(|ready| (ready.due.id, ready.lease_expires_at)).collect();
            // The lease ends by itself.
            if let Err(error) = campanile.store.release_leases(claims, campanile.now()).await {
                tracing::warn!(%error, "leases could not be released; the deliveries wait until their lease ends");
            }
        });
    }
}

/// The result of a task. A panic is passed on: the leased deliveries can no longer be counted. A new outbox
/// finds everything due when the leases end.
fn join_result<T>(ended: std::result::Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) => error.try_into_panic().map_or(None, |panic| std::panic::resume_unwind(panic)),
    }
}

/// Makes an attempt, and then others while the queues have one to start.
async fn run_attempts(
    campanile: Campanile,
    memory: Arc<NotificationCache>,
    desk: Arc<SharedState>,
    in_hand: Arc<AtomicUsize>,
    first: LeasedDelivery,
) {
    let mut next = Some(first);
    while let Some(ready) = next {
        let ended = attempt(&campanile, &memory, ready).await;
        if ended.outcome.is_none() {
            in_hand.fetch_sub(1, Ordering::Relaxed);
        }
        next = desk.attempt_ended(ended);
    }
}

/// Sends due scheduled notifications, plans a part of the mailings, leases due deliveries.
async fn fetch_batch(campanile: Campanile, lease: Duration, room: QueueCapacity, limit: u32) -> Result<Batch> {
    let sent = campanile.send_due().await?;
    let planned = campanile.store.expand_mailing(campanile.now(), &campanile.channels.queue(Channel::Email, ""), MAILING_BATCH).await?;
    if planned > 0 {
        // A mailing may have no recipients; then no result is recorded that would notify.
        campanile.attempts_recorded.notify_waiters();
    }
    let now = campanile.now();
    let until = now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::minutes(2));
    let due = campanile.store.lease_deliveries(now, until, room, limit).await?;
    let mut tenants = HashMap::new();
    let mut ready = Vec::with_capacity(due.len());
    for due in due {
        let tenant: Option<Arc<Tenant>> = match (&due.recipient, tenants.get(&due.tenant)) {
            (None, _) => None,
            (Some(_), Some(known)) => Some(Arc::clone(known)),
            (Some(_), None) => {
                let found = campanile.store.tenant(&due.tenant_name).await?.map(Arc::new);
                found.inspect(|found| drop(tenants.insert(due.tenant, found.clone())))
            }
        };
        ready.push(LeasedDelivery::new(due, tenant, until));
    }
    Ok(Batch { progress: sent + planned as usize, had_room: ready.len() < limit as usize, leased: ready })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_of_a_task_is_passed_on() {
        assert_eq!(join_result(tokio::spawn(async { 7 }).await), Some(7));
        let endless = tokio::spawn(std::future::pending::<()>());
        endless.abort();
        assert_eq!(join_result(endless.await), None);
        let panicked = tokio::spawn(async { panic!("a fault") }).await;
        let passed_on = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| join_result::<()>(panicked)));
        assert_eq!(passed_on.unwrap_err().downcast_ref::<&str>(), Some(&"a fault"));
    }
}
