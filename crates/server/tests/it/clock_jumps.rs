//! A system clock that is wrong, while the server runs or before it starts, must not delete or send anything early.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use campanile_domain::{Clock, NewPerson, Operator, SystemRandom, housekeeping::Progress, model::access::Actor};
use campanile_server::{config::Config, serve};
use campanile_shared::sign_in::Session;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, client};

/// A clock that tests set and move forward.
struct ManualClock(Mutex<(Duration, TimeDelta)>);

impl ManualClock {
    fn ahead(by: TimeDelta) -> Arc<Self> {
        Arc::new(Self(Mutex::new((Duration::from_secs(1_000), by))))
    }

    fn run(&self, time: Duration) {
        self.0.lock().unwrap().0 += time;
    }

    fn set(&self, by: TimeDelta) {
        self.0.lock().unwrap().1 += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        let (run, set) = *self.0.lock().unwrap();
        "2026-03-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + run + set
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().0
    }
}

/// A server with a manual clock. Its data folder outlives it.
struct ServerWithClock {
    running: serve::RunningServer,
    clock: Arc<ManualClock>,
    http: reqwest::Client,
    token: String,
    operator: Actor,
}

impl ServerWithClock {
    async fn start(data: &Path, clock: Arc<ManualClock>) -> Self {
        Self::start_with_max_size(data, clock, 0).await
    }

    /// Starts a server whose database may have at most `most` MiB.
    async fn start_with_max_size(data: &Path, clock: Arc<ManualClock>, most: u64) -> Self {
        let flags = json!({"server": {"listen": "127.0.0.1:0"}, "store": {"data": data, "max_size": most}});
        let running = serve::start_with(Config::load(None, flags).unwrap(), clock.clone(), Arc::new(SystemRandom)).await.unwrap();
        let http = client().timeout(PATIENCE).build().unwrap();
        let campanile = &running.campanile;
        let tenant = match running.store.tenant("acme").await.unwrap() {
            Some(tenant) => tenant,
            None => campanile.create_tenant(Operator, "acme", Default::default()).await.unwrap(),
        };
        if running.store.find_person(tenant.id, "ada").await.unwrap().is_none() {
            let (login, name) = ("ada".to_owned(), "Ada".to_owned());
            let new = NewPerson { login, name, email: None, languages: vec![], external_ids: vec![], administrator: true };
            running.store.create_person(tenant.id, new, campanile.now()).await.unwrap();
        }
        let mut server = Self { clock, http, token: String::new(), operator: Operator.on(&tenant), running };
        server.sign_in().await;
        server
    }

    async fn sign_in(&mut self) {
        let link = self.running.campanile.create_sign_in_link(&self.operator, "ada").await.unwrap().secret;
        let url = format!("http://{}/api/v1/session", self.running.address);
        let session = self.http.post(url).header("sec-fetch-site", "cross-site").json(&json!({"link": link})).send().await.unwrap();
        self.token = session.json::<Session>().await.unwrap().token.unwrap();
    }

    async fn fetch(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("http://{}/api/v1{path}", self.running.address);
        let response = self.http.request(method, url).bearer_auth(&self.token).json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
        response.json().await.unwrap()
    }

    async fn send(&self, title: &str, more: Value) -> Value {
        let mut body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": title}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.fetch(Method::POST, "/notifications", body).await
    }

    /// Returns the sorted titles of a view.
    async fn titles(&self, view: &str) -> Vec<String> {
        let page = self.fetch(Method::GET, &format!("/inbox?view={view}"), Value::Null).await;
        let items = page["items"].as_array().unwrap().iter();
        let mut titles: Vec<_> = items.map(|item| item["title"].as_str().unwrap_or_default().to_owned()).collect();
        titles.retain(|title| title != "meanwhile");
        titles.sort_unstable();
        titles
    }

    async fn scheduled(&self) -> usize {
        let actor = campanile_domain::model::access::Actor::Person(self.running.campanile.session_person(&self.token).await.unwrap());
        self.running.campanile.scheduled(&actor, None, 100).await.unwrap().0.len()
    }

    /// Runs housekeeping and the outbox's check for due notifications `passes` times, five seconds apart.
    async fn run_housekeeping(&self, passes: u32) {
        for _ in 0..passes {
            while self.running.campanile.housekeeping_step().await.unwrap() == Progress::More {}
            self.running.campanile.send_due().await.unwrap();
            self.clock.run(Duration::from_secs(5));
        }
    }

    /// Sends one notification of each kind that a wrong clock could affect, and snoozes one.
    async fn send_fixtures(&self) {
        let in_half_a_year = self.clock.now() + TimeDelta::days(180);
        self.send("kept", json!({})).await;
        self.send("expires", json!({"expires_at": in_half_a_year})).await;
        self.send("scheduled", json!({"not_before": in_half_a_year})).await;
        let snoozed = self.send("snoozed", json!({})).await;
        let change = json!({"action": "snooze", "until": in_half_a_year, "ids": [snoozed["id"]]});
        self.fetch(Method::POST, "/inbox/changes", change).await;
    }

    async fn assert_unchanged(&self) {
        assert_eq!(self.titles("inbox").await, ["expires", "kept"]);
        assert_eq!(self.titles("snoozed").await, ["snoozed"]);
        assert_eq!(self.scheduled().await, 1);
    }
}

const YEAR: TimeDelta = TimeDelta::days(365);

#[tokio::test]
async fn a_clock_that_jumps_a_year_ahead_deletes_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerWithClock::start(folder.path(), ManualClock::ahead(TimeDelta::zero())).await;
    server.send_fixtures().await;
    server.run_housekeeping(3).await;
    server.assert_unchanged().await;
    server.clock.set(YEAR);
    server.run_housekeeping(10).await;
    // The session is still valid, and new notifications get the right time.
    server.assert_unchanged().await;
    let sent = server.send("meanwhile", json!({"to": [{"kind": "person", "person": "ada"}]})).await;
    assert!(sent["accepted_at"].as_str().unwrap().starts_with("2026-03-01"), "{sent}");
    server.clock.set(-YEAR);
    server.run_housekeeping(3).await;
    server.assert_unchanged().await;
    server.running.stop().await;
}

#[tokio::test]
async fn a_clock_that_stays_ahead_deletes_one_day_per_day() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerWithClock::start(folder.path(), ManualClock::ahead(TimeDelta::zero())).await;
    server.send("kept", json!({})).await;
    server.clock.set(YEAR);
    // Nothing is deleted within two weeks, so there is time to correct the clock.
    for _ in 0..14 * 24 {
        server.clock.run(Duration::from_secs(3_600));
        server.running.campanile.housekeeping_step().await.unwrap();
    }
    let tenant = server.running.store.tenant("acme").await.unwrap().unwrap();
    assert_eq!(server.running.store.notifications(tenant.id, None, 10).await.unwrap().len(), 1);
    server.running.stop().await;
}

#[tokio::test]
async fn housekeeping_frees_space_in_a_full_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerWithClock::start_with_max_size(folder.path(), ManualClock::ahead(TimeDelta::zero()), 1).await;
    let body = json!({
        "to": [{"kind": "everyone"}],
        "content": [{"language": "en", "title": "filler", "description": "filler ".repeat(500)}],
    });
    let url = format!("http://{}/api/v1/notifications", server.running.address);
    let send = async |server: &ServerWithClock| {
        server.http.post(&url).bearer_auth(&server.token).json(&body).send().await.unwrap().status().as_u16()
    };
    let mut snoozed = Vec::new();
    loop {
        match send(&server).await {
            201 if snoozed.len() < 50 => {
                let page = server.fetch(Method::GET, "/inbox?limit=1", Value::Null).await;
                let id = page["items"][0]["id"].clone();
                let until = server.clock.now() + TimeDelta::hours(1);
                server.fetch(Method::POST, "/inbox/changes", json!({"action": "snooze", "until": until, "ids": [id]})).await;
                snoozed.push(id);
            }
            201 => {}
            status => break assert_eq!(status, 507),
        }
    }
    // One step per hour for a hundred days. Steps that fail for lack of space are repeated.
    for _ in 0..100 * 24 {
        server.clock.run(Duration::from_secs(3_600));
        drop(server.running.campanile.housekeeping_step().await);
    }
    server.sign_in().await;
    assert_eq!(send(&server).await, 201);
    assert_eq!(server.titles("inbox").await, ["filler"]);
    server.running.stop().await;
}

#[tokio::test]
async fn a_server_that_starts_a_year_ahead_deletes_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerWithClock::start(folder.path(), ManualClock::ahead(TimeDelta::zero())).await;
    server.send_fixtures().await;
    server.run_housekeeping(3).await;
    server.running.stop().await;
    for _ in 0..3 {
        let server = ServerWithClock::start(folder.path(), ManualClock::ahead(YEAR)).await;
        server.run_housekeeping(20).await;
        server.assert_unchanged().await;
        server.running.stop().await;
    }
    // Everything works as before after the clock is right again.
    let server = ServerWithClock::start(folder.path(), ManualClock::ahead(TimeDelta::zero())).await;
    server.run_housekeeping(3).await;
    server.assert_unchanged().await;
    server.running.stop().await;
}
