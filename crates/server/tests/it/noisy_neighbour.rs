//! The real binary under load from one tenant while another tenant sends. The load is clients that never read, searches
//! for very common words, concurrent sign-ins and a key that floods, all at once.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campanile_domain::{
    AudienceKey, Campanile, NewNotification, SystemClock, SystemRandom, model::notification::Message, ports::store_events::NoListener,
};
use campanile_server::{config::Config, serve};
use campanile_shared::{Recipients, sign_in::Session};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    binary::{ServerProcess, other_build, run_command},
    harness::client,
};

/// How hard the load is. A debug build is slower and shares the machine with other tests. There the test only checks
/// that requests succeed and that memory stays within its limit.
struct Scale {
    /// How long the load lasts.
    duration: Duration,
    /// The 99th percentile that a send of the other tenant may take.
    p99: Duration,
    /// How many notifications exist to be searched.
    notifications: usize,
}

/// Returns the scale for a release build or a debug build.
fn scale() -> Scale {
    if other_build().is_some() || !cfg!(debug_assertions) {
        Scale { duration: Duration::from_secs(60), p99: Duration::from_millis(50), notifications: 100_000 }
    } else {
        Scale { duration: Duration::from_secs(20), p99: Duration::from_secs(10), notifications: 20_000 }
    }
}

/// The most memory the server may use, in KiB.
const MEMORY: u64 = 300 * 1024;
const READERS: usize = 16;
const SEARCHERS: usize = 8;
const SIGN_INS: usize = 100;
const FLOODERS: usize = 4;

/// How many responses had each status.
#[derive(Default)]
struct Answers(Mutex<BTreeMap<u16, usize>>);

impl Answers {
    fn record(&self, status: u16) {
        *self.0.lock().unwrap().entry(status).or_default() += 1;
    }
}

/// A notification to everyone. Its title shares word prefixes with all others; its description may be large.
fn notification(at: usize, text: String, now: DateTime<Utc>, id: uuid::Uuid) -> NewNotification {
    let words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"].map(|word| format!("{word}{at} ")).concat();
    let message: Message = serde_json::from_value(json!({
        "source": {"dialect": "campanile", "sender": "attack"},
        "severity": "information",
        "priority": "normal",
        "content": [{"language": "en", "title": words, "description": text}],
        "created_at": now,
    }))
    .unwrap();
    NewNotification::new(id, now, vec![Recipients::Everyone], vec![AudienceKey::Everyone], message)
}

/// Fills the database with many small notifications, then with large ones.
async fn fill(data: &Path, notifications: usize) {
    let config = Config::load(None, json!({"store": {"data": data}})).unwrap();
    let store = serve::database::open_store(&config, Arc::new(NoListener), None).unwrap();
    let campanile = Campanile::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    let tenant = store.tenant("loud").await.unwrap().unwrap().id;
    let now = campanile.now() - TimeDelta::hours(1);
    let mut at = 0;
    while at < notifications {
        // Concurrent writes share one commit.
        let mut together = JoinSet::new();
        for _ in 0..256 {
            let (store, new) = (store.clone(), notification(at, String::new(), now, campanile.new_id()));
            together.spawn(async move { store.insert_notification(tenant, new, None).await.unwrap() });
            at += 1;
        }
        together.join_all().await;
    }
    for _ in 0..20 {
        let new = notification(at, "x".repeat(1_000_000), now, campanile.new_id());
        store.insert_notification(tenant, new, None).await.unwrap();
        at += 1;
    }
}

/// Requests large lists again and again and never reads them.
async fn read_nothing(address: String, key: String, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        let Ok(mut connection) = TcpStream::connect(&address).await else { continue };
        let request = format!("GET /api/v1/notifications?limit=200 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n");
        if connection.write_all(request.as_bytes()).await.is_ok() {
            // Reads only the status. A refused client tries again after a second.
            let mut first = [0; 12];
            drop(timeout(Duration::from_secs(1), connection.read_exact(&mut first)).await);
            let refused = !first.starts_with(b"HTTP/1.1 200");
            let end = Instant::now() + Duration::from_secs(if refused { 1 } else { 60 });
            while Instant::now() < end && !over.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn search(http: reqwest::Client, url: String, session: String, over: Arc<AtomicBool>, answers: Arc<Answers>) {
    let words = "alph%20brav%20char%20delt%20echo%20foxt%20alph%20brav%20char%20delt%20echo%20foxt%20alph%20brav%20char%20delt";
    while !over.load(Ordering::Relaxed) {
        let request = http.get(format!("{url}/api/v1/inbox?text={words}")).bearer_auth(&session);
        if let Ok(response) = request.send().await {
            answers.record(response.status().as_u16());
            drop(response.bytes().await);
        }
    }
}

async fn sign_in_concurrently(http: reqwest::Client, url: String, over: Arc<AtomicBool>, answers: Arc<Answers>) {
    while !over.load(Ordering::Relaxed) {
        let mut crowd = JoinSet::new();
        for number in 0..SIGN_INS {
            let body = json!({"tenant": "loud", "login": format!("person-{number}"), "password": "four brass bells"});
            let request = http.post(format!("{url}/api/v1/session")).json(&body);
            crowd.spawn(async move { request.send().await.map(|response| response.status().as_u16()) });
        }
        crowd.join_all().await.into_iter().flatten().for_each(|status| answers.record(status));
    }
}

async fn flood(http: reqwest::Client, url: String, key: String, over: Arc<AtomicBool>, answers: Arc<Answers>) {
    let body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": "alpha bravo charlie delta echo foxtrot"}]});
    while !over.load(Ordering::Relaxed) {
        let request = http.post(format!("{url}/api/v1/notifications")).bearer_auth(&key).json(&body);
        if let Ok(response) = request.send().await {
            answers.record(response.status().as_u16());
        }
    }
}

/// Returns a session token of a person, obtained by a sign-in link.
async fn session(http: &reqwest::Client, data: &Path, url: &str, login: &str) -> String {
    let link = run_command(data, &["person", "link", "loud", login]);
    let code = link.rsplit_once("link=").unwrap().1;
    let request = http.post(format!("{url}/api/v1/session")).header("sec-fetch-site", "cross-site").json(&json!({"link": code}));
    request.send().await.unwrap().json::<Session>().await.unwrap().token.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenants_load_does_not_slow_down_another() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for tenant in ["loud", "quiet"] {
        run_command(data, &["tenant", "add", tenant]);
        run_command(data, &["person", "add", tenant, "ada"]);
    }
    let logins: Vec<String> = (0..SEARCHERS).map(|number| format!("searcher-{number}")).collect();
    for login in &logins {
        run_command(data, &["person", "add", "loud", login]);
    }
    let loud = run_command(data, &["key", "create", "loud", "loud", "--scope", "send", "--scope", "read"]);
    let quiet = run_command(data, &["key", "create", "quiet", "quiet", "--scope", "send"]);
    let Scale { duration, p99, notifications } = scale();
    fill(data, notifications).await;
    let server = ServerProcess::start(data, &[("CAMPANILE_LIMITS__SIGN_IN_ATTEMPTS", "0".to_owned())]);
    let http = client().build().unwrap();
    let (url, address) = (server.url.clone(), server.url.trim_start_matches("http://").to_owned());
    let (over, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(Answers::default()));
    let mut attack = JoinSet::new();
    for login in &logins {
        let session = session(&http, data, &url, login).await;
        attack.spawn(search(http.clone(), url.clone(), session, over.clone(), answers.clone()));
    }
    for _ in 0..READERS {
        attack.spawn(read_nothing(address.clone(), loud.clone(), over.clone()));
    }
    attack.spawn(sign_in_concurrently(http.clone(), url.clone(), over.clone(), answers.clone()));
    for _ in 0..FLOODERS {
        attack.spawn(flood(http.clone(), url.clone(), loud.clone(), over.clone(), answers.clone()));
    }
    let body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": "quiet"}]});
    let (mut waits, end) = (Vec::new(), Instant::now() + duration);
    while Instant::now() < end {
        let begun = Instant::now();
        let response = http.post(format!("{url}/api/v1/notifications")).bearer_auth(&quiet).json(&body).send().await.unwrap();
        waits.push(begun.elapsed());
        assert_eq!(response.status(), 201, "{}", response.text().await.unwrap());
        sleep(Duration::from_millis(10)).await;
    }
    over.store(true, Ordering::Relaxed);
    attack.abort_all();
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() * share / 100).min(waits.len() - 1)];
    let (answers, memory) = (answers.0.lock().unwrap(), server.peak_memory());
    println!("{} sends: median {:?}, p99 {:?}, slowest {:?}; {} MiB; {answers:?}", waits.len(), at(50), at(99), at(100), memory / 1024);
    assert!(answers.keys().all(|status| *status < 500 || *status == 503), "{answers:?}");
    assert!(answers.get(&200).is_some_and(|searches| *searches > 0), "searches get responses: {answers:?}");
    assert!(memory <= MEMORY, "{memory} KiB");
    assert!(at(99) <= p99, "{:?}", at(99));
}
