//! The queue of one open stream, and the snapshot of the inbox that its client has.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use campanile_domain::{
    AudienceKey, Grant, Notification, Person, PersonId, TenantId,
    model::{grant::Listener, inbox_item::CatchUp},
    stream_resume::missed_events,
};
use campanile_shared::{Item, ItemState, Language, Snapshot, live::Event};
use tokio::time::Instant;

use super::sse::{HEARTBEAT, format_arrival, format_events, format_retry};

/// The most bytes in a stream's queue. Above it the stream is closed.
const MAX_QUEUED_BYTES: usize = 256 << 10;

/// An arrived notification, serialised at most once for each entry of its content.
pub struct Arrival {
    notification: Notification,
    items: Vec<OnceLock<Bytes>>,
    reported_at: Instant,
}

impl Arrival {
    /// The arrival of a notification whose commit the store reported at this moment.
    pub fn new(notification: Notification, reported_at: Instant) -> Self {
        let items = notification.message.content.iter().map(|_| OnceLock::new()).collect();
        Self { notification, items, reported_at }
    }

    /// The item in the list form, as JSON, for a reader of these languages.
    fn item(&self, person: PersonId, languages: &[Language]) -> Bytes {
        let chosen = self.notification.choose_content(languages);
        let quiet = self.notification.is_quiet_for(person);
        let item = || Item { quiet, ..self.notification.list_item(chosen, ItemState::default()) };
        let render = || serde_json::to_vec(&item()).unwrap_or_default().into();
        if quiet {
            // Quiet items go to few people, so they are not cached.
            return render();
        }
        self.items.get(chosen).map_or_else(render, |item| item.get_or_init(render).clone())
    }
}

/// An update for a subscription.
#[derive(Clone)]
pub enum Update {
    /// A notification has arrived.
    Arrived(Arc<Arrival>),
    /// What happened in the inbox since the stream's snapshot, or since an earlier one.
    CaughtUp(Arc<CatchUp>),
    /// More happened than can be listed.
    Reset(Snapshot),
}

/// An open stream as the hub sees it.
pub struct Subscription {
    pub(super) id: u64,
    pub(super) tenant: TenantId,
    pub(super) person: PersonId,
    pub(super) keys: Vec<AudienceKey>,
    /// The grant of its person. The stream ends with it.
    pub(super) grant: Grant,
    languages: Vec<Language>,
    state: Mutex<SubscriptionState>,
}

struct SubscriptionState {
    /// The snapshot that the client has. `None` until the stream has read it from the store.
    snapshot: Option<Snapshot>,
    /// Updates that came before the snapshot was read.
    before_start: Vec<Update>,
    /// Whether the inbox changed before the snapshot was read.
    is_outdated: bool,
    queue: VecDeque<Bytes>,
    /// When the store reported the oldest arrival in the queue.
    oldest_arrival: Option<Instant>,
    closed: bool,
    waker: Option<Waker>,
}

impl Subscription {
    pub(super) fn new(id: u64, who: &Person, grant: Grant, keys: Vec<AudienceKey>) -> Self {
        let state = SubscriptionState {
            snapshot: None,
            before_start: Vec::new(),
            is_outdated: false,
            queue: VecDeque::new(),
            oldest_arrival: None,
            closed: false,
            waker: None,
        };
        Self { id, tenant: who.tenant, person: who.id, keys, grant, languages: who.languages.clone(), state: Mutex::new(state) }
    }

    /// Its person, with the grant that lets them listen.
    pub(super) const fn listener(&self) -> Listener {
        Listener { tenant: self.tenant, person: self.person, grant: self.grant }
    }

    fn lock(&self) -> MutexGuard<'_, SubscriptionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues the events from the store, then the updates that came meanwhile and are newer. Returns whether the inbox
    /// changed meanwhile: then it must be read again.
    pub fn start(&self, first: &[Event], snapshot: Snapshot, lag: usize) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.queue.push_back(format_events(first));
        state.snapshot = Some(snapshot);
        for update in std::mem::take(&mut state.before_start) {
            self.apply(&mut state, update, lag);
        }
        std::mem::take(&mut state.is_outdated)
    }

    /// Queues an update. If the client lags too far behind, the stream is closed and the client catches up when it
    /// reconnects. Returns false when the inbox must be read again, because the update was read before an arrival that
    /// the client has.
    pub fn push(&self, update: Update, lag: usize) -> bool {
        let mut state = self.lock();
        if state.closed {
            return true;
        }
        if state.snapshot.is_some() {
            return self.apply(&mut state, update, lag);
        }
        if state.before_start.len() < lag {
            state.before_start.push(update);
        } else {
            // Too many updates before the start: the client must reconnect.
            state.before_start.clear();
            state.closed = true;
        }
        true
    }

    fn apply(&self, state: &mut SubscriptionState, update: Update, lag: usize) -> bool {
        let Some(mut known) = state.snapshot else { return true };
        let read = match &update {
            Update::Arrived(arrival) => {
                if arrival.notification.sequence <= known.sequence {
                    return true;
                }
                known.sequence = arrival.notification.sequence;
                known.counts.add_arrival(arrival.notification.message.severity);
                state.snapshot = Some(known);
                state.oldest_arrival.get_or_insert(arrival.reported_at);
                state.enqueue(format_arrival(&arrival.item(self.person, &self.languages), known), lag);
                return true;
            }
            Update::CaughtUp(missed) => missed.snapshot,
            Update::Reset(snapshot) => *snapshot,
        };
        if !read.is_newer_than(&known) {
            return read.revision <= known.revision;
        }
        state.snapshot = Some(read);
        match update {
            Update::CaughtUp(missed) => {
                let mut events = missed_events(&missed, self.person, &self.languages, known.sequence);
                if events.is_empty() {
                    events.push(Event::Changed { changes: Vec::new(), snapshot: read });
                }
                state.enqueue(format_events(&events), lag);
            }
            _ => state.enqueue(format_events(&[Event::Reset { snapshot: read }]), lag),
        }
        true
    }

    /// Queues a heartbeat if the queue is empty.
    pub fn heartbeat(&self) {
        let mut state = self.lock();
        if state.queue.is_empty() {
            state.queue.push_back(HEARTBEAT);
            state.wake();
        }
    }

    /// Ends the stream after the queued events. `retry` tells the client when to reconnect, in milliseconds.
    pub fn close(&self, retry: Option<u32>) {
        let mut state = self.lock();
        if let Some(milliseconds) = retry {
            state.queue.push_back(format_retry(milliseconds));
        }
        state.closed = true;
        state.wake();
    }

    /// Ends the stream at once and drops the queued events, because its person may no longer see them.
    pub fn abort(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.before_start.clear();
        state.closed = true;
        state.wake();
    }

    /// Whether the client's snapshot does not include a revision of the inbox.
    pub fn lacks(&self, revision: u64) -> bool {
        let state = self.lock();
        !state.closed && state.snapshot.is_none_or(|known| known.revision < revision)
    }

    /// The snapshot since which the inbox must be read. `None` when the stream has not started: it notes that the inbox
    /// must be read then.
    pub fn request_refresh(&self) -> Option<Snapshot> {
        let mut state = self.lock();
        state.is_outdated = state.snapshot.is_none();
        state.snapshot.filter(|_| !state.closed)
    }

    /// The next bytes to write, and how long ago the oldest arrival in them was committed. `None` when the
    /// stream has ended.
    pub fn poll(&self, context: &mut Context<'_>) -> Poll<Option<(Bytes, Option<Duration>)>> {
        let mut state = self.lock();
        if state.queue.is_empty() {
            if state.closed {
                return Poll::Ready(None);
            }
            state.waker = Some(context.waker().clone());
            // Thousands of streams are idle, so none of them keeps a buffer.
            state.queue.shrink_to_fit();
            return Poll::Pending;
        }
        let waited = state.oldest_arrival.take().map(|arrived| arrived.elapsed());
        if state.queue.len() == 1 {
            return Poll::Ready(state.queue.pop_front().map(|text| (text, waited)));
        }
        let all: Vec<u8> = state.queue.drain(..).flat_map(|text| text.to_vec()).collect();
        Poll::Ready(Some((all.into(), waited)))
    }
}

impl SubscriptionState {
    /// Queues an event, or closes the stream when its client lags too far behind.
    fn enqueue(&mut self, text: Bytes, lag: usize) {
        let bytes: usize = self.queue.iter().map(Bytes::len).sum();
        if self.queue.len() >= lag || bytes > 0 && bytes + text.len() > MAX_QUEUED_BYTES {
            self.queue.clear();
            self.closed = true;
        } else {
            self.queue.push_back(text);
        }
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
