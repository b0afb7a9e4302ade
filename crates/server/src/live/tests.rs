//! What the streams of one person get, on a real store.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use campanile_domain::{
    Campanile, Grant, NewPerson, Operator, Person, SecretHash, Store, SystemClock, SystemRandom, Tenant, TenantSettings,
    model::{access::Actor, secret::SecretKind},
};
use campanile_shared::{
    InboxChange, Recipients, SendRequest, Snapshot,
    inbox::{Action, Selection},
    live::Event,
    send_request::ContentInput,
};
use campanile_store::{Options, Sqlite};
use chrono::TimeDelta;
use tempfile::TempDir;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::Instant,
};
use uuid::Uuid;

use super::{
    dispatch::send_arrivals,
    hub::{Commit, Hub},
    refresh::refresh_streams,
    subscription::{Arrival, Subscription, Update},
};

const LAG: usize = 100;

struct Fixture {
    hub: Arc<Hub>,
    store: Arc<dyn Store>,
    campanile: Campanile,
    tenant: Tenant,
    operator: Actor,
    ada: Person,
    _commits: UnboundedReceiver<Commit>,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (hub, sender, commits) = Hub::new(LAG);
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&folder.path().join("test.db"), Options::default(), Arc::new(sender)).unwrap());
        let campanile = Campanile::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
        let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
        let ada = NewPerson {
            login: "ada".to_owned(),
            name: "Ada".to_owned(),
            email: None,
            languages: Vec::new(),
            external_ids: Vec::new(),
            administrator: false,
        };
        let id = store.create_person(tenant.id, ada, campanile.now()).await.unwrap();
        let ada = store.person(tenant.id, id).await.unwrap().unwrap();
        let operator = Operator.on(&tenant);
        Self { hub, store, campanile, tenant, operator, ada, _commits: commits, _folder: folder }
    }

    async fn send(&self, title: &str) -> Uuid {
        let content = vec![ContentInput { language: "en".to_owned(), title: title.to_owned(), ..ContentInput::default() }];
        let request = SendRequest { to: vec![Recipients::Everyone], content, ..SendRequest::default() };
        self.campanile.send(&self.operator, request, None).await.unwrap().id
    }

    async fn read(&self, id: Uuid) {
        let change = InboxChange::new(Action::Read, Selection::Ids(vec![id]));
        self.campanile.change(&self.ada, change).await.unwrap();
    }

    async fn snapshot(&self) -> Snapshot {
        self.store.snapshot(self.tenant.id, self.ada.id).await.unwrap()
    }

    async fn arrival(&self, sequence: u64) -> Update {
        let arrived = self.campanile.arrived(self.tenant.id, vec![sequence]).await.unwrap().items.remove(0);
        Update::Arrived(Arc::new(Arrival::new(arrived.notification, Instant::now())))
    }

    async fn subscribe(&self) -> Arc<Subscription> {
        let expires_at = self.campanile.now() + TimeDelta::hours(1);
        let grant = Grant { kind: SecretKind::Session, hash: SecretHash::of("session"), expires_at };
        let keys = self.campanile.stream_start(&self.ada).await.unwrap().keys;
        self.hub.subscribe(&self.ada, grant, keys)
    }

    async fn refresh(&self, stream: &Arc<Subscription>) -> bool {
        refresh_streams(&self.campanile, std::slice::from_ref(stream), LAG).await
    }

    /// A stream that has started, and whose first event was read.
    async fn stream(&self) -> Arc<Subscription> {
        let (subscription, snapshot) = (self.subscribe().await, self.snapshot().await);
        assert!(!subscription.start(&[Event::Hello { snapshot }], snapshot, LAG));
        assert!(events(&subscription).contains("event: hello"));
        subscription
    }
}

/// The queued text; empty if nothing is queued.
fn events(subscription: &Subscription) -> String {
    match subscription.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some((bytes, _))) => String::from_utf8(bytes.to_vec()).unwrap(),
        Poll::Ready(None) | Poll::Pending => String::new(),
    }
}

#[tokio::test]
async fn an_update_that_lacks_an_arrival_is_read_again() {
    let fixture = Fixture::new().await;
    let known = fixture.send("Known").await;
    let stream = fixture.stream().await;
    let before = fixture.snapshot().await;
    fixture.send("New").await;
    assert!(stream.push(fixture.arrival(2).await, LAG));
    assert!(events(&stream).contains("\"New\""));
    fixture.read(known).await;
    let outdated = Snapshot { revision: before.revision + 1, ..before };
    assert!(!stream.push(Update::Reset(outdated), LAG));
    assert_eq!(events(&stream), "", "the count would lack the arrival");
    assert!(fixture.refresh(&stream).await);
    let text = events(&stream);
    assert!(text.contains("event: changed") && text.contains("\"unread\":1"), "{text}");
    assert!(fixture.refresh(&stream).await);
    assert_eq!(events(&stream), "", "nothing happened since");
}

#[tokio::test]
async fn streams_with_different_snapshots_get_what_each_lacks() {
    let fixture = Fixture::new().await;
    fixture.send("Known").await;
    let (ahead, behind) = (fixture.stream().await, fixture.stream().await);
    let new = fixture.send("New").await;
    ahead.push(fixture.arrival(2).await, LAG);
    assert!(events(&ahead).contains("event: arrived"));
    fixture.read(new).await;
    assert!(refresh_streams(&fixture.campanile, &[ahead.clone(), behind.clone()], LAG).await);
    let (ahead, behind) = (events(&ahead), events(&behind));
    assert!(ahead.contains("event: changed") && ahead.contains(&new.to_string()) && !ahead.contains("event: arrived"), "{ahead}");
    assert!(behind.contains("event: arrived") && behind.contains("\"read\":true"), "{behind}");
}

#[tokio::test]
async fn a_change_before_the_start_is_read_after_it() {
    let fixture = Fixture::new().await;
    let known = fixture.send("Known").await;
    let (starting, snapshot) = (fixture.subscribe().await, fixture.snapshot().await);
    fixture.read(known).await;
    assert!(starting.lacks(1));
    assert!(fixture.refresh(&starting).await);
    assert!(starting.start(&[Event::Hello { snapshot }], snapshot, LAG));
    assert!(fixture.refresh(&starting).await);
    let text = events(&starting);
    assert!(text.contains("event: hello") && text.contains("event: changed"), "{text}");
    assert!(!starting.lacks(1));
}

#[tokio::test]
async fn a_closed_stream_gets_nothing_more() {
    let fixture = Fixture::new().await;
    let stream = fixture.stream().await;
    fixture.hub.close_person(fixture.ada.id);
    fixture.send("Secret").await;
    assert!(stream.push(fixture.arrival(1).await, LAG));
    assert!(matches!(stream.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(None)));
}

#[tokio::test]
async fn arrivals_are_read_once_for_the_streams_of_their_keys() {
    let fixture = Fixture::new().await;
    let stream = fixture.stream().await;
    let (refresh, mut refreshed) = unbounded_channel();
    for title in ["First", "Second"] {
        fixture.send(title).await;
    }
    send_arrivals(&fixture.hub, &fixture.campanile, &refresh, fixture.tenant.id, vec![1, 2], Instant::now()).await.unwrap();
    let text = events(&stream);
    assert_eq!((text.matches("event: arrived").count(), text.contains("\"unread\":2")), (2, true), "{text}");
    assert!(text.find("First") < text.find("Second"), "{text}");
    assert!(refreshed.try_recv().is_err());
}

#[tokio::test]
async fn what_was_recalled_before_it_was_read_is_not_counted() {
    let fixture = Fixture::new().await;
    let stream = fixture.stream().await;
    let (refresh, mut refreshed) = unbounded_channel();
    let recalled = fixture.send("Recalled").await;
    fixture.send("Kept").await;
    fixture.campanile.recall(&fixture.operator, recalled).await.unwrap();
    send_arrivals(&fixture.hub, &fixture.campanile, &refresh, fixture.tenant.id, vec![1, 2], Instant::now()).await.unwrap();
    assert_eq!(events(&stream), "");
    assert_eq!(refreshed.try_recv().unwrap(), (fixture.tenant.id, fixture.ada.id));
    assert!(fixture.refresh(&stream).await);
    let text = events(&stream);
    assert!(text.contains("event: reset") && text.contains("\"unread\":1"), "{text}");
}
