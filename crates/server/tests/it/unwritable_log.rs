//! A log that cannot be written costs only log lines. Requests get the right responses, housekeeping continues, and the
//! server ends cleanly.

use std::{fs::File, io::Read, path::Path, process::Stdio, time::Duration};

use campanile_shared::sign_in::Session;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    binary::run_command,
    harness::{PATIENCE, client},
    service::Service,
};

/// A tenant with a sender and a reader.
struct Tenant {
    key: String,
    link: String,
}

fn tenant(data: &Path) -> Tenant {
    run_command(data, &["tenant", "add", "acme"]);
    run_command(data, &["person", "add", "acme", "ada"]);
    let key = run_command(data, &["key", "create", "acme", "sender", "--scope", "send"]);
    let link = run_command(data, &["person", "link", "acme", "ada"]);
    Tenant { key, link: link.split_once("#link=").unwrap().1.to_owned() }
}

/// Sends until the database is full, and then some more. Checks that expired items still leave the inbox.
async fn assert_keeps_working(service: &Service, tenant: &Tenant) {
    let http = client().timeout(PATIENCE).build().unwrap();
    let url = |path: &str| format!("{}/api/v1{path}", service.url);
    let session = http.post(url("/session")).header("sec-fetch-site", "cross-site").json(&json!({"link": tenant.link}));
    let token = session.send().await.unwrap().json::<Session>().await.unwrap().token.unwrap();
    let send = async |notification: Value| {
        let sent = http.post(url("/notifications")).bearer_auth(&tenant.key).json(&notification).send().await;
        sent.expect("the server dropped the connection").status().as_u16()
    };
    let content = |title: &str| json!([{"language": "en", "title": title, "description": "filler ".repeat(500)}]);
    let soon = chrono::DateTime::from_timestamp(now() + 2, 0).unwrap();
    assert_eq!(send(json!({"to": [{"kind": "everyone"}], "content": content("brief"), "expires_at": soon})).await, 201);
    let mut refused = 0;
    while refused < 300 {
        match send(json!({"to": [{"kind": "everyone"}], "content": content("filler")})).await {
            201 => assert_eq!(refused, 0),
            507 => refused += 1,
            status => panic!("answered {status}"),
        }
    }
    let deadline = Instant::now() + PATIENCE + PATIENCE;
    loop {
        let inbox = http.get(url("/inbox?text=brief")).bearer_auth(&token).send().await.unwrap();
        let inbox = inbox.json::<Value>().await.unwrap();
        if inbox["items"].as_array().unwrap().is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "housekeeping stopped: {inbox}");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(http.get(format!("{}/readyz", service.url)).send().await.unwrap().status(), 200);
}

/// Seconds since 1970.
fn now() -> i64 {
    use campanile_domain::Clock;
    campanile_domain::SystemClock.now().timestamp()
}

const SETTINGS: [(&str, &str); 1] = [("CAMPANILE_STORE__MAX_SIZE", "1")];

#[tokio::test]
async fn the_server_works_with_a_full_log_disk() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = tenant(folder.path());
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut service = Service::start(folder.path(), &SETTINGS, full.into());
    assert_keeps_working(&service, &tenant).await;
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
}

#[tokio::test]
async fn the_server_works_with_a_closed_log_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = tenant(folder.path());
    let mut service = Service::start(folder.path(), &SETTINGS, Stdio::piped());
    drop(service.stderr());
    assert_keeps_working(&service, &tenant).await;
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
}

#[tokio::test]
async fn the_server_works_with_an_unread_log_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = tenant(folder.path());
    let loud = [SETTINGS[0], ("CAMPANILE_LOG__FILTER", "trace")];
    let mut service = Service::start(folder.path(), &loud, Stdio::piped());
    assert_keeps_working(&service, &tenant).await;
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
}

#[tokio::test]
async fn repeated_disk_full_errors_are_logged_once() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = tenant(folder.path());
    let begun = Instant::now();
    let mut service = Service::start(folder.path(), &SETTINGS, Stdio::piped());
    let mut stderr = service.stderr();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text).unwrap()
    });
    assert_keeps_working(&service, &tenant).await;
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
    let log = reading.join().unwrap();
    let full: Vec<_> = log.lines().filter(|line| line.contains("the disk is full: nothing can be stored")).collect();
    let [_, sums @ ..] = &full[..] else { panic!("{log}") };
    assert!(sums.iter().all(|sum| sum.contains("it happened again")), "{full:?}");
    let repeated = |sum: &str| sum.split_once("repeated=").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok());
    assert_eq!(sums.iter().filter_map(|sum| repeated(sum)).sum::<u64>(), 299, "{full:?}");
    // One summary a minute, and one at the end.
    let minutes = usize::try_from(begun.elapsed().as_secs() / 60).unwrap();
    assert!((1..=minutes + 1).contains(&sums.len()), "{full:?}");
}
