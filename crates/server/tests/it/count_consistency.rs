//! The bell's count is always right. Many clients do random things at once, and what each knows from its stream must
//! equal a fresh fetch.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use campanile_domain::{Campanile, NewPerson, Operator, TenantSettings};
use campanile_server::{config::Config, serve};
use campanile_shared::{Counts, InboxChangeResult, ItemState, Page, Snapshot, live::Event, sign_in::Session};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::{
    sync::Barrier,
    task::{JoinHandle, JoinSet},
    time::Instant,
};
use uuid::Uuid;

use crate::binary::SeededRandom;

const PEOPLE: usize = 5;
const CLIENTS: usize = 10;
const ROUNDS: usize = 50;
/// How many operations each client does in a round: 100,000 in all.
const OPERATIONS: usize = 200;
/// How long a stream may take to catch up after the last operation.
const DEADLINE: Duration = Duration::from_secs(20);

/// Every snapshot that the clients of one person got, by sequence and revision.
#[derive(Default)]
struct SeenSnapshots(Mutex<HashMap<(u64, u64), Counts>>);

impl SeenSnapshots {
    /// Checks that one sequence and revision always has the same counts.
    fn check(&self, snapshot: Snapshot) {
        let mut seen = self.0.lock().unwrap();
        let counts = seen.entry((snapshot.sequence, snapshot.revision)).or_insert(snapshot.counts);
        assert_eq!(*counts, snapshot.counts, "two counts of one snapshot: {}-{}", snapshot.sequence, snapshot.revision);
    }
}

/// What a client shows.
#[derive(Default)]
struct View {
    snapshot: Snapshot,
    /// Items by sequence. Items below `floor` are unknown.
    items: BTreeMap<u64, (Uuid, ItemState)>,
    floor: u64,
    last_event: Option<String>,
    /// The list has to be fetched again.
    stale: bool,
}

impl View {
    fn apply(&mut self, event: Event) {
        let snapshot = event.snapshot();
        // Responses to requests do not update this view, so an event is never older than it.
        assert!(
            snapshot == self.snapshot || snapshot.is_newer_than(&self.snapshot),
            "the stream went back: {:?} after {:?}",
            snapshot,
            self.snapshot
        );
        self.snapshot = snapshot;
        match event {
            Event::Hello { .. } => {}
            Event::Arrived { item, .. } => {
                let doubled = self.items.insert(item.sequence, (item.id, item.state));
                assert!(doubled.is_none() || self.stale, "an item arrived twice");
            }
            Event::Changed { changes, .. } => {
                for change in changes {
                    match self.items.values_mut().find(|(id, _)| *id == change.id) {
                        Some((_, state)) => *state = change.state,
                        // The item was not in the inbox when the list was fetched.
                        None => self.stale |= change.state.is_in_inbox(),
                    }
                }
            }
            Event::Reset { .. } => self.stale = true,
        }
    }
}

/// One client of a person.
struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    random: SeededRandom,
    seen: Arc<SeenSnapshots>,
    view: Arc<Mutex<View>>,
    stream: Option<JoinHandle<()>>,
    undo: Option<Uuid>,
    recipient: String,
    campanile: Campanile,
}

impl Client {
    async fn post<T: serde::de::DeserializeOwned>(&self, path: &str, body: Value) -> T {
        let response = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(&body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn page(&self) -> Page {
        let response = self.http.get(format!("{}/inbox?limit=200", self.url)).bearer_auth(&self.token).send().await.unwrap();
        let page: Page = response.json().await.unwrap();
        self.seen.check(page.snapshot);
        page
    }

    /// Opens the stream at the last event of the previous one.
    async fn connect(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.abort();
            // The abort must be the only reason for the end.
            assert!(stream.await.is_err_and(|error| error.is_cancelled()), "the stream ended without the abort");
        }
        let mut request = self.http.get(format!("{}/events", self.url)).bearer_auth(&self.token);
        if let Some(last) = &self.view.lock().unwrap().last_event {
            request = request.header("last-event-id", last);
        }
        let mut response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let (view, seen) = (self.view.clone(), self.seen.clone());
        self.stream = Some(tokio::spawn(async move {
            let mut buffer = Vec::new();
            while let Some(chunk) = response.chunk().await.unwrap() {
                buffer.extend_from_slice(&chunk);
                while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
                    let text = String::from_utf8(buffer.drain(..end + 2).collect()).unwrap();
                    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                    if let Some(data) = field("data: ") {
                        let event: Event = serde_json::from_str(&data).unwrap();
                        seen.check(event.snapshot());
                        let mut view = view.lock().unwrap();
                        view.apply(event);
                        // Without an id the last one stays (WHATWG HTML §9.2.6).
                        view.last_event = field("id: ").or(view.last_event.take());
                    }
                }
            }
        }));
    }

    async fn act_randomly(&mut self) {
        let newest = self.view.lock().unwrap().snapshot.sequence;
        let some = |random: &mut SeededRandom, view: &View| -> Vec<Uuid> {
            let items: Vec<Uuid> = view.items.values().rev().take(60).map(|(id, _)| *id).collect();
            (0..1 + random.below(3)).filter_map(|_| items.get(random.below(items.len().max(1) as u64) as usize).copied()).collect()
        };
        let ids = some(&mut self.random, &self.view.lock().unwrap());
        let change = match self.random.below(100) {
            0..12 => return self.send().await,
            12..40 => json!({"action": "read", "ids": ids}),
            40..48 => json!({"action": "unread", "ids": ids}),
            48..63 => json!({"action": "dismiss", "ids": ids}),
            63..70 => json!({"action": "restore", "ids": ids}),
            // Some resurface during the round.
            70..75 => json!({"action": "snooze", "until": self.soon_at(), "ids": ids}),
            75..77 => json!({"action": "unsnooze", "ids": ids}),
            77..80 => json!({"action": "pin", "ids": ids}),
            80..82 => json!({"action": "unpin", "ids": ids}),
            82..83 => json!({"action": "read", "matching": {"filter": {}, "up_to": newest}}),
            83..84 => json!({"action": "dismiss", "matching": {"filter": {"severity": ["error"]}, "up_to": newest}}),
            84..85 => json!({"action": "dismiss", "matching": {"filter": {}, "up_to": newest}}),
            85..90 => {
                let snapshot: Snapshot = self.post("/inbox/seen", json!({"up_to": newest})).await;
                return self.seen.check(snapshot);
            }
            90..96 => {
                if let Some(undo) = self.undo.take() {
                    let changed: InboxChangeResult = self.post("/inbox/undo", json!({"undo": undo})).await;
                    self.seen.check(changed.snapshot);
                }
                return;
            }
            _ => return self.connect().await,
        };
        let changed: InboxChangeResult = self.post("/inbox/changes", change).await;
        self.seen.check(changed.snapshot);
        self.undo = changed.undo.or(self.undo);
    }

    /// A time within this round, so that the item resurfaces while others act.
    fn soon_at(&mut self) -> DateTime<Utc> {
        self.campanile.now() + TimeDelta::seconds(2 + self.random.below(8) as i64)
    }

    async fn send(&mut self) {
        let to = match self.random.below(3) {
            0 => json!([{"kind": "everyone"}]),
            1 => json!([{"kind": "administrators"}]),
            _ => json!([{"kind": "person", "person": self.recipient}, {"kind": "administrators"}]),
        };
        let severity = ["information", "success", "warning", "error"][self.random.below(4) as usize];
        let draft = json!({"to": to, "severity": severity, "content": [{"language": "en", "title": "Something happened"}]});
        let _: Value = self.post("/notifications", draft).await;
    }

    /// Waits until the stream's view equals a fresh fetch. No client acts during the check.
    async fn check(&mut self) {
        let mut fresh = self.page().await;
        let deadline = Instant::now() + DEADLINE;
        loop {
            let stale = std::mem::take(&mut self.view.lock().unwrap().stale);
            if stale {
                let page = self.page().await;
                let mut view = self.view.lock().unwrap();
                view.floor = page.items.last().filter(|_| page.next.is_some()).map_or(0, |item| item.sequence - 1);
                view.items = page.items.into_iter().map(|item| (item.sequence, (item.id, item.state))).collect();
            }
            let difference = difference(&self.view.lock().unwrap(), &fresh);
            match difference {
                None => return,
                Some(difference) => assert!(Instant::now() < deadline, "{difference}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            // A snoozed item may have resurfaced since the fetch.
            if self.view.lock().unwrap().snapshot.is_newer_than(&fresh.snapshot) {
                fresh = self.page().await;
            }
        }
    }
}

/// Describes how a view differs from a fresh fetch, if it does.
fn difference(view: &View, fresh: &Page) -> Option<String> {
    if view.snapshot.counts != fresh.snapshot.counts {
        return Some(format!("shown {:?}, stored {:?}", view.snapshot, fresh.snapshot));
    }
    let end = fresh.items.last().filter(|_| fresh.next.is_some()).map_or(0, |item| item.sequence);
    let floor = end.max(view.floor + 1);
    let shown = view
        .items
        .range(floor..)
        .rev()
        .filter(|(_, (_, state))| state.is_in_inbox())
        .map(|(sequence, (id, state))| (*sequence, *id, *state));
    let stored = fresh.items.iter().filter(|item| item.sequence >= floor).map(|item| (item.sequence, item.id, item.state));
    let (shown, stored): (Vec<_>, Vec<_>) = (shown.collect(), stored.collect());
    (shown != stored).then(|| format!("shown {shown:?}, stored {stored:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_shows_the_stored_counts() {
    let folder = tempfile::tempdir().unwrap();
    let limits = json!({"person_requests_per_second": 0});
    let flags = json!({"server": {"listen": "127.0.0.1:0"}, "store": {"data": folder.path()}, "live": {"lag": 100_000}, "limits": limits});
    let running = serve::start(Config::load(None, flags).unwrap()).await.unwrap();
    let campanile = running.campanile.clone();
    let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
    let url = format!("http://{}/api/v1", running.address);
    let barrier = Arc::new(Barrier::new(CLIENTS));
    let seen: Vec<Arc<SeenSnapshots>> = (0..PEOPLE).map(|_| Arc::default()).collect();
    for person in 0..PEOPLE {
        let login = format!("person-{person}");
        let new = NewPerson {
            login: login.clone(),
            name: login,
            email: None,
            languages: Vec::new(),
            external_ids: Vec::new(),
            administrator: true,
        };
        running.store.create_person(tenant.id, new, campanile.now()).await.unwrap();
    }
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let login = format!("person-{}", number % PEOPLE);
        let link = campanile.create_sign_in_link(&Operator.on(&tenant), &login).await.unwrap().secret;
        let http = crate::harness::client().build().unwrap();
        let request = http.post(format!("{url}/session")).header("sec-fetch-site", "cross-site").json(&json!({"link": link}));
        let session: Session = request.send().await.unwrap().json().await.unwrap();
        let mut client = Client {
            http,
            url: url.clone(),
            token: session.token.unwrap(),
            random: SeededRandom(number as u64),
            seen: seen[number % PEOPLE].clone(),
            view: Arc::default(),
            stream: None,
            undo: None,
            recipient: format!("person-{}", (number + 1) % PEOPLE),
            campanile: campanile.clone(),
        };
        client.connect().await;
        let barrier = barrier.clone();
        clients.spawn(async move {
            for _ in 0..ROUNDS {
                for _ in 0..OPERATIONS {
                    client.act_randomly().await;
                }
                barrier.wait().await;
                client.check().await;
                barrier.wait().await;
            }
        });
    }
    // The first failure ends the test: the others would wait for that client for ever.
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    running.stop().await;
}
