//! A store with one tenant, short functions for what tests do, and a record of its events.

use std::{
    any::Any,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use campanile_domain::{
    AudienceKey, NewNotification, NewPerson, PersonId, Source, Store, StoreEvent, StoreListener, TenantId, TenantSettings,
    model::{
        idempotency::Accepted,
        inbox_item::{CatchUp, InboxUpdate, StoredPage},
        notification::Message,
    },
};
use campanile_shared::{
    Channel, Content, Filter, InboxChange, InboxChangeResult, Priority, Recipients, Severity, Snapshot, View,
    inbox::{Action, Selection},
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// An empty store, and what must live as long as it does.
pub struct EmptyStore {
    pub store: Arc<dyn Store>,
    pub keep: Box<dyn Any + Send>,
}

/// Records the store's events.
#[derive(Default)]
pub struct RecordedEvents(Mutex<Vec<StoreEvent>>);

impl RecordedEvents {
    /// The events since the last call.
    pub fn take(&self) -> Vec<StoreEvent> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl StoreListener for RecordedEvents {
    fn on_event(&self, news: StoreEvent) {
        self.0.lock().unwrap().push(news);
    }
}

pub struct Harness {
    pub store: Arc<dyn Store>,
    events: Arc<RecordedEvents>,
    pub tenant: TenantId,
    ids: AtomicU64,
    _keep: Box<dyn Any + Send>,
}

/// The time of everything, unless a test says otherwise.
pub fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub fn text(title: &str) -> Content {
    Content { language: "en".parse().unwrap(), title: title.to_owned(), description: String::new(), link: None }
}

pub fn person(login: &str) -> NewPerson {
    NewPerson {
        login: login.to_owned(),
        name: login.to_owned(),
        email: None,
        languages: Vec::new(),
        external_ids: Vec::new(),
        administrator: false,
    }
}

pub fn role(relation: &str) -> AudienceKey {
    AudienceKey::Role { object: "environment:DEFAULT".to_owned(), relation: relation.to_owned() }
}

pub fn message(title: &str) -> Message {
    Message {
        source: Source {
            dialect: "campanile".into(),
            sender: "tests".into(),
            kind: None,
            through: None,
            event_id: None,
            external_id: None,
        },
        severity: Severity::Information,
        priority: Priority::Normal,
        component: None,
        categories: Vec::new(),
        content: vec![text(title)],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel: Channel::Portal,
        created_at: now().fixed_offset(),
        expires_at: None,
        extra: serde_json::Value::Null,
    }
}

pub fn view(view: View) -> Filter {
    Filter { view, ..Filter::default() }
}

impl Harness {
    pub async fn new(empty_store: fn(Arc<dyn StoreListener>) -> EmptyStore) -> Self {
        let events = Arc::new(RecordedEvents::default());
        let EmptyStore { store, keep } = empty_store(Arc::clone(&events) as Arc<dyn StoreListener>);
        let tenant = store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap().id;
        Self { store, events, tenant, ids: AtomicU64::new(1), _keep: keep }
    }

    /// The events since the last call.
    pub async fn events(&self) -> Vec<StoreEvent> {
        // Callers get their result before listeners are notified, but a write comes after all earlier events.
        self.store.check().await.unwrap();
        self.events.take()
    }

    pub fn id(&self) -> Uuid {
        Uuid::from_u128(self.ids.fetch_add(1, Ordering::Relaxed).into())
    }

    pub async fn tenant(&self, name: &str) -> TenantId {
        self.store.create_tenant(name, TenantSettings::default(), "secret", "mail").await.unwrap().id
    }

    pub async fn person(&self, login: &str) -> PersonId {
        self.store.create_person(self.tenant, person(login), now()).await.unwrap()
    }

    pub async fn relate(&self, person: PersonId, relation: &str, holds: bool) {
        self.store.set_relation(self.tenant, person, "environment:DEFAULT", relation, holds, now()).await.unwrap();
    }

    pub fn notification(&self, keys: &[AudienceKey], title: &str) -> NewNotification {
        NewNotification::new(self.id(), now(), vec![Recipients::Everyone], keys.to_vec(), message(title))
    }

    pub async fn accept(&self, new: NewNotification) -> Accepted {
        self.store.insert_notification(self.tenant, new, None).await.unwrap()
    }

    pub async fn send(&self, keys: &[AudienceKey], title: &str) -> Accepted {
        self.accept(self.notification(keys, title)).await
    }

    pub async fn send_many(&self, count: usize) -> Vec<Accepted> {
        let mut sent = Vec::new();
        for at in 0..count {
            sent.push(self.send(&[AudienceKey::Everyone], &format!("number {at}")).await);
        }
        sent
    }

    pub async fn page(&self, person: PersonId, filter: &Filter) -> StoredPage {
        self.store.inbox_page(self.tenant, person, filter, None, 200).await.unwrap()
    }

    /// The sequences of a view over all its pages, the newest first.
    pub async fn sequences(&self, person: PersonId, filter: &Filter) -> Vec<u64> {
        let (mut before, mut found) = (None, Vec::new());
        loop {
            let page = self.store.inbox_page(self.tenant, person, filter, before, 7).await.unwrap();
            found.extend(page.items.iter().map(|item| item.notification.sequence));
            before = page.next;
            if before.is_none() {
                return found;
            }
        }
    }

    pub async fn titles(&self, person: PersonId, filter: &Filter) -> Vec<String> {
        self.page(person, filter).await.items.into_iter().map(|item| item.notification.message.content[0].title.clone()).collect()
    }

    pub async fn snapshot(&self, person: PersonId) -> Snapshot {
        self.store.snapshot(self.tenant, person).await.unwrap()
    }

    /// What happened in an inbox since a snapshot, if it is listed.
    pub async fn missed(&self, person: PersonId, since: Snapshot, limit: u32) -> Option<CatchUp> {
        match self.store.inbox_since(self.tenant, person, since, limit).await.unwrap() {
            InboxUpdate::CaughtUp(missed) => Some(missed),
            InboxUpdate::Reset(snapshot) => {
                assert_eq!(snapshot, self.snapshot(person).await);
                None
            }
        }
    }

    pub async fn change(&self, person: PersonId, change: InboxChange) -> InboxChangeResult {
        self.store.change_items(self.tenant, person, change, self.id(), now()).await.unwrap()
    }

    pub async fn snooze(&self, person: PersonId, ids: &[Uuid], until: DateTime<Utc>) -> InboxChangeResult {
        self.change(person, InboxChange { action: Action::Snooze, until: Some(until), items: Selection::Ids(ids.to_vec()) }).await
    }

    pub async fn act(&self, person: PersonId, action: Action, ids: &[Uuid]) -> InboxChangeResult {
        self.change(person, InboxChange::new(action, Selection::Ids(ids.to_vec()))).await
    }

    pub async fn act_on_all(&self, person: PersonId, action: Action, filter: Filter, up_to: u64) -> InboxChangeResult {
        self.change(person, InboxChange::new(action, Selection::Matching { filter, up_to })).await
    }

    pub async fn undo(&self, person: PersonId, undo: Uuid) -> campanile_domain::Result<InboxChangeResult> {
        self.store.undo_change(self.tenant, person, undo, now() + TimeDelta::minutes(9)).await
    }
}
