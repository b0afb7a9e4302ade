//! The hub: the registry of open streams.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use campanile_domain::{AudienceKey, Grant, Person, PersonId, StoreEvent, StoreListener, TenantId};
use chrono::{DateTime, Utc};
use tokio::{sync::mpsc, time::Instant};

use super::{reconnect_delay::reconnect_delay, subscription::Subscription};

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
    /// The subscriptions, ordered by the end of their grant. One ordered map is cheaper than thousands of timers.
    by_expiry: BTreeMap<(DateTime<Utc>, u64), Arc<Subscription>>,
    /// How many subscriptions a tenant has.
    by_tenant: HashMap<TenantId, usize>,
}

/// Which streams must be checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Affected {
    /// The streams of a person.
    Person(PersonId),
    /// The streams of all people of a tenant.
    Tenant(TenantId),
    /// All streams, because another process has changed the store.
    All,
}

/// An event of the store, and when it was reported.
pub struct Commit {
    /// What was committed.
    pub event: StoreEvent,
    /// When the store reported it.
    pub reported_at: Instant,
}

/// The receiver of commits. Only one task uses it at a time.
pub type CommitReceiver = Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Commit>>>;

/// The store's end of the hub's channel. It never blocks.
pub struct HubSender(mpsc::UnboundedSender<Commit>);

impl StoreListener for HubSender {
    fn on_event(&self, event: StoreEvent) {
        // Sending fails only when the server shuts down. Clients catch up later.
        drop(self.0.send(Commit { event, reported_at: Instant::now() }));
    }
}

impl Hub {
    /// A hub whose streams may lag this many events behind, its sender for the store, and the receiver for
    /// [`run_hub`](super::run_hub).
    pub fn new(lag: usize) -> (Arc<Self>, HubSender, mpsc::UnboundedReceiver<Commit>) {
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

    /// Adds a subscription for a person and their audience keys, until the grant ends.
    pub fn subscribe(&self, who: &Person, grant: Grant, keys: Vec<AudienceKey>) -> Arc<Subscription> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let subscription = Arc::new(Subscription::new(id, who, grant, keys));
        let mut listeners = self.lock();
        for key in &subscription.keys {
            listeners.by_key.entry((who.tenant, key.clone())).or_default().insert(id, subscription.clone());
        }
        listeners.by_person.entry(who.id).or_default().insert(id, subscription.clone());
        listeners.by_expiry.insert((grant.expires_at, id), subscription.clone());
        *listeners.by_tenant.entry(who.tenant).or_default() += 1;
        subscription
    }

    /// Removes a subscription.
    pub fn unsubscribe(&self, subscription: &Subscription) {
        let mut listeners = self.lock();
        if listeners.by_expiry.remove(&(subscription.grant.expires_at, subscription.id)).is_none() {
            return;
        }
        if let Some(count) = listeners.by_tenant.get_mut(&subscription.tenant) {
            *count -= 1;
            if *count == 0 {
                listeners.by_tenant.remove(&subscription.tenant);
            }
        }
        for key in &subscription.keys {
            let key = (subscription.tenant, key.clone());
            if let Some(subscriptions) = listeners.by_key.get_mut(&key) {
                subscriptions.remove(&subscription.id);
                if subscriptions.is_empty() {
                    listeners.by_key.remove(&key);
                }
            }
        }
        if let Some(subscriptions) = listeners.by_person.get_mut(&subscription.person) {
            subscriptions.remove(&subscription.id);
            if subscriptions.is_empty() {
                listeners.by_person.remove(&subscription.person);
            }
        }
    }

    /// Whether a tenant has any subscription.
    pub(super) fn has_subscriptions(&self, tenant: TenantId) -> bool {
        self.lock().by_tenant.contains_key(&tenant)
    }

    /// The subscriptions of a person.
    pub(super) fn for_person(&self, person: PersonId) -> Vec<Arc<Subscription>> {
        self.lock().by_person.get(&person).map(|subscriptions| subscriptions.values().cloned().collect()).unwrap_or_default()
    }

    /// The subscriptions of the people with an audience key.
    pub(super) fn for_key(&self, tenant: TenantId, key: &AudienceKey) -> Vec<Arc<Subscription>> {
        self.lock().by_key.get(&(tenant, key.clone())).map(|subscriptions| subscriptions.values().cloned().collect()).unwrap_or_default()
    }

    /// The subscriptions of a person, of a tenant, or all of them.
    pub(super) fn affected(&self, whose: Affected) -> Vec<Arc<Subscription>> {
        match whose {
            Affected::Person(person) => self.for_person(person),
            Affected::Tenant(tenant) => {
                self.lock().by_expiry.values().filter(|subscription| subscription.tenant == tenant).cloned().collect()
            }
            Affected::All => self.lock().by_expiry.values().cloned().collect(),
        }
    }

    /// Ends the streams whose grant has ended.
    pub(super) fn abort_expired(&self, now: DateTime<Utc>) {
        let overdue: Vec<_> = {
            let listeners = self.lock();
            listeners.by_expiry.iter().take_while(|((until, _), _)| *until <= now).map(|(_, subscription)| subscription.clone()).collect()
        };
        for subscription in overdue {
            subscription.abort();
        }
    }

    /// Ends the streams of a person. Their clients reconnect with the current rights.
    pub fn close_person(&self, person: PersonId) {
        for subscription in self.for_person(person) {
            subscription.close(None);
        }
    }

    /// Ends all streams. Each client gets its own delay, so that they do not all reconnect at once.
    pub fn close_all(&self) {
        let subscriptions: Vec<_> = self.lock().by_person.values().flat_map(|subscriptions| subscriptions.values().cloned()).collect();
        for subscription in subscriptions {
            subscription.close(Some(reconnect_delay(subscription.id)));
        }
    }

    /// The subscriptions that get a heartbeat in this slot of `slots`, which spread the subscriptions evenly.
    pub(super) fn in_slot(&self, slot: u64, slots: u64) -> Vec<Arc<Subscription>> {
        let listeners = self.lock();
        let subscriptions = listeners.by_person.values().flat_map(HashMap::values);
        subscriptions.filter(|subscription| subscription.id % slots == slot).cloned().collect()
    }
}
