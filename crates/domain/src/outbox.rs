//! The outbox at work: claims what is due, lets the channels try, records what came of it.
//!
//! Every delivery happens at least once. A claim is a lease: whatever a process took and did not
//! record, because it died, is due again when the lease ends, with the same id. Lanes keep one dead
//! target from delaying another.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use campanile_shared::Channel;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Campanile, Notification, Result, TenantId,
    channel::{Attempt, Letter, Reader, Verdict},
    delivery::{Due, Next, Outcome, again_at},
    store::Room,
};

/// How an outbox works.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// How long a claim lasts; longer than any attempt takes.
    pub lease: Duration,
    /// How many attempts of a channel may run at once in each lane.
    pub widths: Vec<(Channel, u32)>,
    /// How many attempts may run at once.
    pub most: u32,
    /// How often to look for what another process has left.
    pub poll: Duration,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            widths: vec![(Channel::Email, 8), (Channel::Http, 8)],
            most: 256,
            poll: Duration::from_secs(1),
        }
    }
}

/// How many addresses of a mailing are planned in one step.
const SPREAD: u32 = 500;
/// How many notifications are remembered for the letters about them.
const MOST_REMEMBERED: usize = 64;

/// An outbox.
pub struct Outbox {
    campanile: Campanile,
    options: OutboxOptions,
    running: JoinSet<(String, Outcome)>,
    /// How many attempts are running, by lane.
    lanes: BTreeMap<String, u32>,
    after: String,
    notifications: VecDeque<((TenantId, u64), Arc<Notification>)>,
}

impl Outbox {
    /// An outbox of these use cases.
    pub fn new(campanile: Campanile, options: OutboxOptions) -> Self {
        Self { campanile, options, running: JoinSet::new(), lanes: BTreeMap::new(), after: String::new(), notifications: VecDeque::new() }
    }

    /// Works until told to stop; then what is running is given the time it needs.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let outgoing = self.campanile.outgoing.clone();
        while !*stop.borrow() {
            if let Err(error) = self.turn().await {
                tracing::error!(%error, "the outbox cannot work; trying again");
            }
            if self.running.is_empty() {
                tokio::select! {
                    () = outgoing.notified() => {}
                    () = tokio::time::sleep(self.options.poll) => {}
                    _ = stop.changed() => {}
                }
            } else {
                tokio::select! {
                    () = outgoing.notified() => {}
                    Some(ended) = self.running.join_next() => self.settle(ended.ok()).await,
                    () = tokio::time::sleep(self.options.poll) => {}
                    _ = stop.changed() => {}
                }
            }
        }
        while let Some(ended) = self.running.join_next().await {
            self.settle(ended.ok()).await;
        }
    }

    /// Does everything that is due at the clock's present, until nothing is left to do or running.
    pub async fn drain(&mut self) -> Result<()> {
        loop {
            let begun = self.turn().await?;
            match self.running.join_next().await {
                Some(ended) => self.settle(ended.ok()).await,
                None if begun == 0 => return Ok(()),
                None => {}
            }
        }
    }

    /// One turn: sends what was scheduled, plans mailings, begins attempts. Returns how much it did.
    async fn turn(&mut self) -> Result<usize> {
        let sent = self.campanile.send_due().await?;
        let planned = self.campanile.store.spread(self.campanile.now(), &self.campanile.channels.lane(Channel::Email, ""), SPREAD).await?;
        Ok(sent + planned as usize + self.begin().await?)
    }

    async fn begin(&mut self) -> Result<usize> {
        let free = self.options.most.saturating_sub(self.running.len() as u32);
        if free == 0 {
            return Ok(0);
        }
        let now = self.campanile.now();
        let lease = now + TimeDelta::from_std(self.options.lease).unwrap_or(TimeDelta::minutes(2));
        let running = self.lanes.iter().map(|(lane, running)| (lane.clone(), *running)).collect();
        let room = Room { widths: self.options.widths.clone(), running, after: self.after.clone() };
        let due = self.campanile.store.claim(now, lease, room, free).await?;
        if let Some(last) = due.last() {
            self.after.clone_from(&last.lane);
        }
        let begun = due.len();
        let mut readers = HashMap::new();
        for due in due {
            let letter = self.letter(&due, &mut readers).await?;
            *self.lanes.entry(due.lane.clone()).or_default() += 1;
            self.running.spawn(attempt(self.campanile.clone(), due, letter));
        }
        Ok(begun)
    }

    /// What is delivered; `None` when nothing is left to deliver.
    async fn letter(&mut self, due: &Due, readers: &mut HashMap<crate::PersonId, Reader>) -> Result<Option<Letter>> {
        let Some(notification) = self.about(due).await? else { return Ok(None) };
        let reader = match due.person {
            None => None,
            Some(person) => match readers.get(&person) {
                Some(reader) => Some(reader.clone()),
                None => match self.campanile.store.person(due.tenant, person).await? {
                    // Who is gone gets no mail any more.
                    None => return Ok(None),
                    Some(found) => {
                        let unsubscribe = self.campanile.unsubscribe_token(&found).await?;
                        let reader = Reader { name: found.name, languages: found.languages, unsubscribe };
                        readers.insert(person, reader.clone());
                        Some(reader)
                    }
                },
            },
        };
        let post = match &due.hook {
            Some(hook) => self.campanile.formats.post(&due.tenant_name, &notification, hook, self.campanile.now()),
            None => due.post.clone(),
        };
        Ok(Some(Letter {
            id: due.id,
            tenant: due.tenant_name.clone(),
            target: due.target.clone(),
            reader,
            notification: Some(notification),
            post,
        }))
    }

    /// The notification of a delivery: of a mailing it is the same for thousands.
    async fn about(&mut self, due: &Due) -> Result<Option<Arc<Notification>>> {
        let place = (due.tenant, due.sequence);
        if let Some((_, known)) = self.notifications.iter().find(|(known, _)| *known == place) {
            return Ok(Some(known.clone()));
        }
        let found = self.campanile.store.notifications(due.tenant, Some(due.sequence + 1), 1).await?.into_iter().next();
        let Some(found) = found.filter(|found| found.sequence == due.sequence).map(Arc::new) else { return Ok(None) };
        if self.notifications.len() >= MOST_REMEMBERED {
            self.notifications.pop_front();
        }
        self.notifications.push_back((place, found.clone()));
        Ok(Some(found))
    }

    /// Records an attempt that ended, and with it all others that have ended by now.
    async fn settle(&mut self, ended: Option<(String, Outcome)>) {
        let mut outcomes = Vec::new();
        let mut ended = ended;
        loop {
            if let Some((lane, outcome)) = ended {
                if let Some(running) = self.lanes.get_mut(&lane) {
                    *running -= 1;
                    if *running == 0 {
                        self.lanes.remove(&lane);
                    }
                }
                outcomes.push(outcome);
            }
            match self.running.try_join_next() {
                Some(next) => ended = next.ok(),
                None => break,
            }
        }
        // What cannot be recorded is due again when its lease ends.
        if let Err(error) = self.campanile.store.record(outcomes).await {
            tracing::error!(%error, "deliveries could not be recorded; they are repeated when their lease ends");
        }
    }
}

async fn attempt(campanile: Campanile, due: Due, letter: Option<Letter>) -> (String, Outcome) {
    let began = Instant::now();
    let attempt = match (&letter, campanile.channels.get(due.channel)) {
        (None, _) => Attempt::rejected("the notification or its reader is gone"),
        (_, None) => Attempt::rejected("this channel is switched off"),
        (Some(letter), Some(channel)) => {
            let (letter, channel) = (letter.clone(), channel.clone());
            // In a task of its own: a fault in a channel must not cost the lane its place.
            let attempt = tokio::spawn(async move { channel.attempt(&letter).await });
            attempt.await.unwrap_or_else(|_| Attempt::retry("a fault of the server"))
        }
    };
    let (millis, at) = (u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX), campanile.now());
    let next = next(&campanile, &due, attempt.verdict, at);
    (due.lane, Outcome { id: due.id, next, at, millis, answer: attempt.answer })
}

fn next(campanile: &Campanile, due: &Due, verdict: Verdict, at: DateTime<Utc>) -> Next {
    match verdict {
        Verdict::Delivered => Next::Delivered,
        Verdict::Rejected => Next::Rejected,
        Verdict::Gone => Next::Gone,
        Verdict::Retry { after } => again_at(&*campanile.random, at, due.attempts + 1, after).map_or(Next::GivenUp, Next::Again),
    }
}
