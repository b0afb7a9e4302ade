//! A feed: what one open stream still has to say, and the inbox as its client knows it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use bytes::Bytes;
use campanile_domain::{AudienceKey, Grant, Notification, Person, PersonId, TenantId};
use campanile_shared::{Item, ItemState, Language, Snapshot, live::Event, live::ItemChange};

/// What a heartbeat looks like: a comment, which clients pass over (WHATWG HTML §9.2).
const HEARTBEAT: Bytes = Bytes::from_static(b": ping\n\n");

/// What one stream still has to say at most, in bytes; beyond it its client lags too far behind.
const MOST_QUEUED: usize = 256 << 10;

/// An arrived notification, serialised at most once for each entry of its content.
pub struct Arrival {
    notification: Arc<Notification>,
    items: Vec<OnceLock<Bytes>>,
    heard: Instant,
}

impl Arrival {
    /// The arrival of a notification.
    pub fn new(notification: Arc<Notification>) -> Self {
        let items = notification.message.content.iter().map(|_| OnceLock::new()).collect();
        Self { notification, items, heard: Instant::now() }
    }

    /// The item as a list shows it to a reader of these languages, as JSON.
    fn item(&self, person: PersonId, languages: &[Language]) -> Bytes {
        let chosen = self.notification.choose(languages);
        let quiet = self.notification.is_quiet_for(person);
        let item = || Item { quiet, ..self.notification.listed(chosen, ItemState::default()) };
        let render = || serde_json::to_vec(&item()).unwrap_or_default().into();
        if quiet {
            // Only a few who are named: not worth keeping.
            return render();
        }
        self.items.get(chosen).map_or_else(render, |item| item.get_or_init(render).clone())
    }
}

/// News for a feed.
#[derive(Clone)]
pub enum News {
    /// A notification for its person.
    Arrived(Arc<Arrival>),
    /// The person changed the inbox; `None`: too much to tell.
    Changed(Option<Arc<[ItemChange]>>, Snapshot),
}

/// One open stream, from the hub's side.
pub struct Feed {
    pub(super) id: u64,
    pub(super) tenant: TenantId,
    pub(super) person: PersonId,
    pub(super) keys: Vec<AudienceKey>,
    /// What let its person in: the stream ends with it.
    pub(super) grant: Grant,
    languages: Vec<Language>,
    state: Mutex<State>,
}

struct State {
    /// The inbox as the client knows it; `None` until the stream has read it.
    snapshot: Option<Snapshot>,
    /// What was heard before that.
    early: Vec<News>,
    queue: VecDeque<Bytes>,
    /// When the oldest arrival in the queue was committed.
    arrived: Option<Instant>,
    closed: bool,
    waker: Option<Waker>,
}

impl Feed {
    pub(super) fn new(id: u64, who: &Person, grant: Grant, keys: Vec<AudienceKey>) -> Self {
        let state = State { snapshot: None, early: Vec::new(), queue: VecDeque::new(), arrived: None, closed: false, waker: None };
        Self { id, tenant: who.tenant, person: who.id, keys, grant, languages: who.languages.clone(), state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins with what the store said, then what was heard meanwhile and is newer.
    pub fn begin(&self, first: Vec<Event>, snapshot: Snapshot, lag: usize) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        state.queue.extend(first.iter().map(event_text));
        state.snapshot = Some(snapshot);
        for news in std::mem::take(&mut state.early) {
            self.apply(&mut state, news, lag);
        }
    }

    /// Takes news; a client that lags too far behind loses its stream and resumes.
    pub fn push(&self, news: News, lag: usize) {
        let mut state = self.lock();
        if state.snapshot.is_some() {
            self.apply(&mut state, news, lag);
        } else if state.early.len() < lag {
            state.early.push(news);
        } else {
            // Too much came while it began: it begins anew.
            state.early.clear();
            state.closed = true;
        }
    }

    fn apply(&self, state: &mut State, news: News, lag: usize) {
        let Some(mut known) = state.snapshot else { return };
        let text = match news {
            News::Arrived(arrival) => {
                if arrival.notification.sequence <= known.sequence {
                    return;
                }
                known.sequence = arrival.notification.sequence;
                state.arrived.get_or_insert(arrival.heard);
                known.counts.arrive(arrival.notification.message.severity);
                arrived_text(&arrival.item(self.person, &self.languages), known)
            }
            News::Changed(changes, snapshot) => {
                if !snapshot.is_newer_than(&known) {
                    return;
                }
                known = snapshot;
                event_text(&match changes {
                    Some(changes) => Event::Changed { changes: changes.to_vec(), snapshot },
                    None => Event::Reset { snapshot },
                })
            }
        };
        state.snapshot = Some(known);
        let bytes: usize = state.queue.iter().map(Bytes::len).sum();
        if state.queue.len() >= lag || bytes > 0 && bytes + text.len() > MOST_QUEUED {
            state.queue.clear();
            state.closed = true;
        } else {
            state.queue.push_back(text);
        }
        wake(state);
    }

    /// Gives a sign of life when nothing else is waiting to be said.
    pub fn beat(&self) {
        let mut state = self.lock();
        if state.queue.is_empty() {
            state.queue.push_back(HEARTBEAT);
            wake(&mut state);
        }
    }

    /// Ends the stream after what is waiting; with a word on when to come back.
    pub fn close(&self, retry: Option<u32>) {
        let mut state = self.lock();
        if let Some(milliseconds) = retry {
            state.queue.push_back(retry_text(milliseconds));
        }
        state.closed = true;
        wake(&mut state);
    }

    /// Ends the stream without another word: its person may not hear what is waiting.
    pub fn cut(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.early.clear();
        state.closed = true;
        wake(&mut state);
    }

    /// Whether the inbox was changed since what the client knows of it.
    pub fn is_behind(&self, revision: u64) -> bool {
        self.lock().snapshot.is_some_and(|known| known.revision < revision)
    }

    /// The next bytes to write, and how long the oldest arrival in them has waited since its commit;
    /// `None` when the stream has ended.
    pub fn poll(&self, context: &mut Context<'_>) -> Poll<Option<(Bytes, Option<Duration>)>> {
        let mut state = self.lock();
        if state.queue.is_empty() {
            if state.closed {
                return Poll::Ready(None);
            }
            state.waker = Some(context.waker().clone());
            // An idle stream keeps no buffer: there are thousands of them.
            state.queue.shrink_to_fit();
            return Poll::Pending;
        }
        let waited = state.arrived.take().map(|arrived| arrived.elapsed());
        if state.queue.len() == 1 {
            return Poll::Ready(state.queue.pop_front().map(|text| (text, waited)));
        }
        let all: Vec<u8> = state.queue.drain(..).flat_map(|text| text.to_vec()).collect();
        Poll::Ready(Some((all.into(), waited)))
    }
}

fn wake(state: &mut State) {
    if let Some(waker) = state.waker.take() {
        waker.wake();
    }
}

/// The first line of a stream: when to come back after it ends, in milliseconds.
pub fn retry_text(milliseconds: u32) -> Bytes {
    format!("retry: {milliseconds}\n\n").into()
}

fn event_text(event: &Event) -> Bytes {
    let name = match event {
        Event::Hello { .. } => "hello",
        Event::Arrived { .. } => "arrived",
        Event::Changed { .. } => "changed",
        Event::Reset { .. } => "reset",
    };
    let id = event_id(event.snapshot());
    // JSON of ours has no line end in it: serde_json escapes them all.
    let data = serde_json::to_string(event).unwrap_or_default();
    format!("id: {id}\nevent: {name}\ndata: {data}\n\n").into()
}

/// The id of an event: which moment its client knows then.
fn event_id(Snapshot { generation, sequence, revision, .. }: Snapshot) -> impl std::fmt::Display {
    std::fmt::from_fn(move |out| write!(out, "{generation}-{sequence}-{revision}"))
}

/// [`event_text`] of an arrival whose item is serialised already.
fn arrived_text(item: &[u8], snapshot: Snapshot) -> Bytes {
    let id = event_id(snapshot);
    let tail = serde_json::to_string(&snapshot).unwrap_or_default();
    let head = format!("id: {id}\nevent: arrived\ndata: {{\"event\":\"arrived\",\"item\":");
    [head.as_bytes(), item, b",\"snapshot\":", tail.as_bytes(), b"}\n\n"].concat().into()
}

#[cfg(test)]
mod tests {
    use campanile_shared::{Priority, Severity};

    use super::*;

    #[test]
    fn an_arrival_reads_as_an_event() {
        let item = Item {
            id: uuid::Uuid::nil(),
            sequence: 3,
            severity: Severity::Error,
            priority: Priority::High,
            component: None,
            categories: Vec::new(),
            title: "a\nb".to_owned(),
            description: String::new(),
            language: Language::english(),
            link: None,
            created_at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
            accepted_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
            corrected_at: None,
            corrected_by: None,
            corrected_by_kind: None,
            sender: "key".to_owned(),
            through: None,
            quiet: false,
            state: ItemState::default(),
            content: Vec::new(),
            buttons: Vec::new(),
            attachments: Vec::new(),
            why: None,
        };
        let snapshot = Snapshot { generation: 5, sequence: 3, revision: 1, ..Snapshot::default() };
        let fast = arrived_text(&serde_json::to_vec(&item).unwrap(), snapshot);
        assert_eq!(fast, event_text(&Event::Arrived { item: Box::new(item), snapshot }));
        assert!(fast.starts_with(b"id: 5-3-1\nevent: arrived\ndata: {"));
    }
}
