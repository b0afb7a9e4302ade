//! The queue of one open stream, and the snapshot of the inbox that its client has.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use bytes::Bytes;
use campanile_domain::{AudienceKey, Grant, Notification, Person, PersonId, TenantId};
use campanile_shared::{Item, ItemState, Language, Snapshot, live::Event, live::ItemChange};

use super::sse::{HEARTBEAT, format_arrival, format_event, format_retry};

/// The most bytes in a stream's queue. Above it the stream is closed.
const MAX_QUEUED_BYTES: usize = 256 << 10;

/// An arrived notification, serialised at most once for each entry of its content.
pub struct Arrival {
    notification: Arc<Notification>,
    items: Vec<OnceLock<Bytes>>,
    committed_at: Instant,
}

impl Arrival {
    /// The arrival of a notification.
    pub fn new(notification: Arc<Notification>) -> Self {
        let items = notification.message.content.iter().map(|_| OnceLock::new()).collect();
        Self { notification, items, committed_at: Instant::now() }
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
    /// The person changed the inbox. `None`: too many changes to list.
    Changed(Option<Arc<[ItemChange]>>, Snapshot),
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
    queue: VecDeque<Bytes>,
    /// When the oldest arrival in the queue was committed.
    oldest_arrival: Option<Instant>,
    closed: bool,
    waker: Option<Waker>,
}

impl Subscription {
    pub(super) fn new(id: u64, who: &Person, grant: Grant, keys: Vec<AudienceKey>) -> Self {
        let state = SubscriptionState {
            snapshot: None,
            before_start: Vec::new(),
            queue: VecDeque::new(),
            oldest_arrival: None,
            closed: false,
            waker: None,
        };
        Self { id, tenant: who.tenant, person: who.id, keys, grant, languages: who.languages.clone(), state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, SubscriptionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues the events from the store, then the updates that came meanwhile and are newer.
    pub fn start(&self, first: Vec<Event>, snapshot: Snapshot, lag: usize) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        state.queue.extend(first.iter().map(format_event));
        state.snapshot = Some(snapshot);
        for news in std::mem::take(&mut state.before_start) {
            self.apply(&mut state, news, lag);
        }
    }

    /// Queues an update. If the client lags too far behind, the stream is closed and the client catches up when it
    /// reconnects.
    pub fn push(&self, news: Update, lag: usize) {
        let mut state = self.lock();
        if state.snapshot.is_some() {
            self.apply(&mut state, news, lag);
        } else if state.before_start.len() < lag {
            state.before_start.push(news);
        } else {
            // Too many updates before the start: the client must reconnect.
            state.before_start.clear();
            state.closed = true;
        }
    }

    fn apply(&self, state: &mut SubscriptionState, news: Update, lag: usize) {
        let Some(mut known) = state.snapshot else { return };
        let text = match news {
            Update::Arrived(arrival) => {
                if arrival.notification.sequence <= known.sequence {
                    return;
                }
                known.sequence = arrival.notification.sequence;
                state.oldest_arrival.get_or_insert(arrival.committed_at);
                known.counts.add_arrival(arrival.notification.message.severity);
                format_arrival(&arrival.item(self.person, &self.languages), known)
            }
            Update::Changed(changes, snapshot) => {
                if !snapshot.is_newer_than(&known) {
                    return;
                }
                known = snapshot;
                format_event(&match changes {
                    Some(changes) => Event::Changed { changes: changes.to_vec(), snapshot },
                    None => Event::Reset { snapshot },
                })
            }
        };
        state.snapshot = Some(known);
        let bytes: usize = state.queue.iter().map(Bytes::len).sum();
        if state.queue.len() >= lag || bytes > 0 && bytes + text.len() > MAX_QUEUED_BYTES {
            state.queue.clear();
            state.closed = true;
        } else {
            state.queue.push_back(text);
        }
        wake_stream(state);
    }

    /// Queues a heartbeat if the queue is empty.
    pub fn heartbeat(&self) {
        let mut state = self.lock();
        if state.queue.is_empty() {
            state.queue.push_back(HEARTBEAT);
            wake_stream(&mut state);
        }
    }

    /// Ends the stream after the queued events. `retry` tells the client when to reconnect, in milliseconds.
    pub fn close(&self, retry: Option<u32>) {
        let mut state = self.lock();
        if let Some(milliseconds) = retry {
            state.queue.push_back(format_retry(milliseconds));
        }
        state.closed = true;
        wake_stream(&mut state);
    }

    /// Ends the stream at once and drops the queued events, because its person may no longer see them.
    pub fn abort(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.before_start.clear();
        state.closed = true;
        wake_stream(&mut state);
    }

    /// Whether the inbox has a newer revision than the client's snapshot.
    pub fn is_behind(&self, revision: u64) -> bool {
        self.lock().snapshot.is_some_and(|known| known.revision < revision)
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

fn wake_stream(state: &mut SubscriptionState) {
    if let Some(waker) = state.waker.take() {
        waker.wake();
    }
}
