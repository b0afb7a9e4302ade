//! Every accepted notification is delivered even if the process dies: the real binary is killed at random moments while
//! it delivers. A notification that is delivered twice has the same id both times, so the receiver can detect the
//! repeat.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, http::HeaderMap, routing::post};
use serde_json::json;
use tokio::time::{Instant, interval};

use crate::{
    binary::{SeededRandom, ServerProcess, run_command},
    harness::serve_routes,
    smtp::{Server, Setup},
};

/// How often the server is killed.
const KILLS: u64 = 50;
/// How many people a mailing goes to.
const PEOPLE: usize = 40;
/// How many notifications go to a URL in each round.
const POSTS: usize = 20;
/// The timeout for everything this test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The ids that a receiver got, by request body.
type ReceivedIds = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// Starts a receiver on loopback; returns its URL and the ids it gets.
async fn start_receiver() -> (String, ReceivedIds) {
    let received = ReceivedIds::default();
    let recorder = received.clone();
    let answer = move |headers: HeaderMap, body: String| {
        let id = headers["webhook-id"].to_str().unwrap().to_owned();
        recorder.lock().unwrap().entry(body).or_default().push(id);
        async {}
    };
    let url = format!("{}/", serve_routes(Router::new().route("/", post(answer))).await);
    (url, received)
}

/// Waits until a condition holds.
async fn wait_until(what: &str, so: impl Fn() -> bool) {
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(2)));
    while !so() {
        assert!(Instant::now() < deadline, "{what}");
        pause.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepted_notifications_are_delivered_after_kills() {
    let (mail, (url, received)) = (Server::start(Setup { envelopes: true, ..Setup::default() }).await, start_receiver().await);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    run_command(data, &["tenant", "add", "acme"]);
    let people: String = (0..PEOPLE)
        .map(|number| json!({"person": {"login": format!("p{number}"), "email": format!("p{number}@acme.example")}}).to_string() + "\n")
        .collect();
    let file = data.join("people.ndjson");
    std::fs::write(&file, people).unwrap();
    run_command(data, &["directory", "import", "acme", file.to_str().unwrap()]);
    let key = run_command(data, &["key", "create", "acme", "sender", "--scope", "send"]);
    let settings = [
        ("CAMPANILE_MAIL__HOST", "127.0.0.1".to_owned()),
        ("CAMPANILE_MAIL__PORT", mail.port.to_string()),
        ("CAMPANILE_MAIL__ENCRYPTION", "none".to_owned()),
        ("CAMPANILE_OUTGOING__ALLOW", "[\"127.0.0.1\"]".to_owned()),
        // Leases of a dead process expire within this test's timeout.
        ("CAMPANILE_OUTGOING__TIMEOUT", "5".to_owned()),
        ("CAMPANILE_OUTGOING__LEASE", "6".to_owned()),
    ];
    let client = crate::harness::client().build().unwrap();
    let (mut random, mut mailings, mut posts) = (SeededRandom(11), 0, HashSet::new());
    for round in 0..KILLS {
        let run = ServerProcess::start(data, &settings);
        let send = async |body: serde_json::Value| {
            let request = client.post(format!("{}/api/v1/notifications", run.url)).bearer_auth(&key).json(&body);
            assert_eq!(request.send().await.unwrap().status(), 201);
        };
        let content = json!([{"language": "en", "title": format!("Mailing {round}")}]);
        let before = (mail.envelopes().len(), received.lock().unwrap().len());
        send(json!({"channel": "email", "to": [{"kind": "everyone"}], "content": content})).await;
        mailings += 1;
        for number in 0..POSTS {
            let name = format!("{round}-{number}");
            send(json!({"channel": "http", "http": {"url": url, "body": name}, "content": content})).await;
            posts.insert(name);
        }
        // Waits until this round has delivered something, so that the kill happens during delivery.
        wait_until("nothing is delivered", || mail.envelopes().len() > before.0 || received.lock().unwrap().len() > before.1).await;
        tokio::time::sleep(Duration::from_millis(random.below(40))).await;
        drop(run);
    }

    // The last run is not killed and delivers the rest.
    let run = ServerProcess::start(data, &settings);
    let emails = || mail.envelopes().into_iter().collect::<BTreeSet<_>>().len();
    wait_until("not every POST was delivered", || received.lock().unwrap().len() == posts.len()).await;
    wait_until("not every mail was delivered", || emails() == mailings * PEOPLE).await;
    drop(run);
    let received = received.lock().unwrap();
    assert!(received.keys().all(|name| posts.contains(name)));
    for (name, ids) in received.iter() {
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1, "{name} arrived with several ids: {ids:?}");
    }
    let ids: BTreeSet<_> = received.values().flatten().collect();
    assert_eq!(ids.len(), posts.len(), "two deliveries share an id");
    // A mail's id belongs to one person and one mailing.
    let envelopes = mail.envelopes();
    let ids: BTreeSet<_> = envelopes.iter().map(|(id, _)| id).collect();
    assert_eq!((ids.len(), emails()), (mailings * PEOPLE, mailings * PEOPLE));
    let mut each: BTreeMap<&String, usize> = BTreeMap::new();
    envelopes.iter().collect::<BTreeSet<_>>().into_iter().for_each(|(_, to)| *each.entry(to).or_default() += 1);
    assert!(each.len() == PEOPLE && each.values().all(|count| *count == mailings), "someone got another person's mail: {each:?}");
}
