//! The hub: the registry of open streams, and the task that sends them the commits in order.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use campanile_domain::{AudienceKey, Campanile, Grant, Person, PersonId, StoreEvent, StoreListener, TenantId};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{
    access_check::{self, Affected},
    subscription::{self, Arrival, Subscription},
};
use crate::state::AppState;

/// The open streams of this process.
pub struct Hub {
    subscriptions: Mutex<Subscriptions>,
    next_id: AtomicU64,
    lag: usize,
}

#[derive(Default)]
struct Subscriptions {
    by_key: HashMap<(TenantId, AudienceKey), HashMap<u64, Arc<Subscription>>>,
    by_person: HashMap<PersonId, HashMap<u64, Arc<Subscription>>>,
    /// The feeds, ordered by the end of their grant. One ordered map is cheaper than thousands of timers.
    by_expiry: BTreeMap<(DateTime<Utc>, u64), Arc<Subscription>>,
}

/// The receiver of commits. Only one task uses it at a time.
pub type CommitReceiver = Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<StoreEvent>>>;

/// The store's end of the hub's channel. It never blocks.
pub struct HubSender(mpsc::UnboundedSender<StoreEvent>);

impl StoreListener for HubSender {
    fn on_event(&self, news: StoreEvent) {
        // Sending fails only when the server shuts down. Clients catch up later.
        drop(self.0.send(news));
    }
}

impl Hub {
    /// A hub whose streams may lag this many events behind, its sender for the store, and the receiver for
    /// [`Hub::run`].
    pub fn new(lag: usize) -> (Arc<Self>, HubSender, mpsc::UnboundedReceiver<StoreEvent>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Arc::new(Self { subscriptions: Mutex::default(), next_id: AtomicU64::new(0), lag }), HubSender(sender), receiver)
    }

    /// The most events that a stream may lag behind.
    pub const fn lag(&self) -> usize {
        self.lag
    }

    fn lock(&self) -> MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a feed for a person and their audience keys, until the grant ends.
    pub fn subscribe(&self, who: &Person, grant: Grant, keys: Vec<AudienceKey>) -> Arc<Subscription> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let feed = Arc::new(Subscription::new(id, who, grant, keys));
        let mut listeners = self.lock();
        for key in &feed.keys {
            listeners.by_key.entry((who.tenant, key.clone())).or_default().insert(id, feed.clone());
        }
        listeners.by_person.entry(who.id).or_default().insert(id, feed.clone());
        listeners.by_expiry.insert((grant.expires_at, id), feed.clone());
        feed
    }

    /// Removes a feed.
    pub fn unsubscribe(&self, feed: &Subscription) {
        let mut listeners = self.lock();
        listeners.by_expiry.remove(&(feed.grant.expires_at, feed.id));
        for key in &feed.keys {
            let key = (feed.tenant, key.clone());
            if let Some(feeds) = listeners.by_key.get_mut(&key) {
                feeds.remove(&feed.id);
                if feeds.is_empty() {
                    listeners.by_key.remove(&key);
                }
            }
        }
        if let Some(feeds) = listeners.by_person.get_mut(&feed.person) {
            feeds.remove(&feed.id);
            if feeds.is_empty() {
                listeners.by_person.remove(&feed.person);
            }
        }
    }

    fn for_person(&self, person: PersonId) -> Vec<Arc<Subscription>> {
        self.lock().by_person.get(&person).map(|feeds| feeds.values().cloned().collect()).unwrap_or_default()
    }

    fn for_key(&self, tenant: TenantId, key: &AudienceKey) -> Vec<Arc<Subscription>> {
        self.lock().by_key.get(&(tenant, key.clone())).map(|feeds| feeds.values().cloned().collect()).unwrap_or_default()
    }

    /// The feeds of a person, of a tenant, or all of them.
    pub(super) fn affected(&self, whose: Affected) -> Vec<Arc<Subscription>> {
        match whose {
            Affected::Person(person) => self.for_person(person),
            Affected::Tenant(tenant) => self.lock().by_expiry.values().filter(|feed| feed.tenant == tenant).cloned().collect(),
            Affected::All => self.lock().by_expiry.values().cloned().collect(),
        }
    }

    /// Ends the streams whose grant has ended.
    fn abort_expired(&self, now: DateTime<Utc>) {
        let overdue: Vec<_> = {
            let listeners = self.lock();
            listeners.by_expiry.iter().take_while(|((until, _), _)| *until <= now).map(|(_, feed)| feed.clone()).collect()
        };
        for feed in overdue {
            feed.abort();
        }
    }

    /// Ends the streams of a person. Their clients reconnect with the current rights.
    pub fn close_person(&self, person: PersonId) {
        for feed in self.for_person(person) {
            feed.close(None);
        }
    }

    /// Ends all streams. Each client gets its own delay, so that they do not all reconnect at once.
    pub fn close_all(&self) {
        let feeds: Vec<_> = self.lock().by_person.values().flat_map(|feeds| feeds.values().cloned()).collect();
        for feed in feeds {
            feed.close(Some(retry_delay(feed.id)));
        }
    }

    /// Sends commits to the feeds until the store is closed.
    pub async fn run(self: Arc<Self>, news: CommitReceiver, app: AppState) {
        let mut news = news.lock().await;
        let (recount, dirty) = mpsc::unbounded_channel();
        let (check, doubtful) = mpsc::unbounded_channel();
        // All on one task, so that all stop when one fails.
        tokio::select! {
            () = self.dispatch(&mut news, recount.clone(), check) => {}
            () = self.clone().refresh_counts(dirty, app.campanile.clone()) => {}
            () = access_check::check_access(self.clone(), doubtful, recount, app) => {}
        }
    }

    async fn dispatch(
        &self,
        news: &mut mpsc::UnboundedReceiver<StoreEvent>,
        recount: mpsc::UnboundedSender<(TenantId, PersonId)>,
        check: mpsc::UnboundedSender<Affected>,
    ) {
        while let Some(committed) = news.recv().await {
            match committed {
                StoreEvent::Arrived { tenant, notification, keys } => {
                    let arrival = Arc::new(Arrival::new(notification));
                    for key in keys.iter() {
                        for feed in self.for_key(tenant, key) {
                            feed.push(subscription::Update::Arrived(arrival.clone()), self.lag);
                        }
                    }
                }
                StoreEvent::Changed { person, changes, snapshot, .. } => {
                    let changes: Option<Arc<[_]>> = changes.map(Into::into);
                    for feed in self.for_person(person) {
                        feed.push(subscription::Update::Changed(changes.clone(), snapshot), self.lag);
                    }
                }
                StoreEvent::Withdrawn { tenant, keys } => {
                    let people: BTreeSet<_> =
                        keys.iter().flat_map(|key| self.for_key(tenant, key)).map(|feed| (tenant, feed.person)).collect();
                    for person in people {
                        let _ = recount.send(person);
                    }
                }
                StoreEvent::MembershipChanged { person, .. } => self.close_person(person),
                StoreEvent::CredentialsChanged { tenant, person } => {
                    let _ = check.send(person.map_or(Affected::Tenant(tenant), Affected::Person));
                }
                StoreEvent::ChangedByOtherProcess => {
                    let _ = check.send(Affected::All);
                }
            }
        }
    }

    /// Sends new counts to the people whose inboxes lost notifications, one person after the other.
    async fn refresh_counts(self: Arc<Self>, mut dirty: mpsc::UnboundedReceiver<(TenantId, PersonId)>, campanile: Campanile) {
        while let Some((tenant, person)) = dirty.recv().await {
            match campanile.store().snapshot(tenant, person).await {
                Ok(snapshot) => {
                    for feed in self.for_person(person) {
                        feed.push(subscription::Update::Changed(None, snapshot), self.lag);
                    }
                }
                // The clients reconnect and get the counts then.
                Err(_) => self.close_person(person),
            }
        }
    }

    /// Sends each stream a heartbeat per `period`. The heartbeats are spread over the period, so that the
    /// streams do not all wake at once. Also ends the streams whose grant has expired, within a second.
    pub async fn run_heartbeat(self: Arc<Self>, period: Duration, clock: Campanile) {
        let slots = period.as_secs().max(1);
        let mut ticks = tokio::time::interval(period / u32::try_from(slots).unwrap_or(1));
        for slot in (0..slots).cycle() {
            ticks.tick().await;
            self.abort_expired(clock.now());
            let due: Vec<_> = {
                let listeners = self.lock();
                let feeds = listeners.by_person.values().flat_map(HashMap::values);
                feeds.filter(|feed| feed.id % slots == slot).cloned().collect()
            };
            for feed in due {
                feed.heartbeat();
            }
        }
    }
}

/// The reconnection delay of a feed's client, in milliseconds: between one and five seconds, and different
/// for consecutive ids.
pub const fn retry_delay(id: u64) -> u32 {
    // Knuth's multiplicative hash spreads consecutive numbers evenly.
    1_000 + (id.wrapping_mul(2_654_435_769) % 4_000) as u32
}
