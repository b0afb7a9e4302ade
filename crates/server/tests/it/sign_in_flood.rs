//! Many concurrent sign-ins on the real binary: some get 429, and other requests do not wait.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    binary::{ServerProcess, run_command},
    harness::client,
};

/// Without a limit, this many took 1 GiB of memory and delayed other requests by 6 s.
const SIGN_INS: usize = 100;

#[tokio::test]
async fn a_hundred_concurrent_sign_ins_use_bounded_memory_and_do_not_delay_others() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let server = ServerProcess::start(folder.path(), &[("CAMPANILE_LIMITS__SIGN_IN_ATTEMPTS", "0".to_owned())]);
    let http = client().build().unwrap();
    let before = server.peak_memory();
    let mut attempts = JoinSet::new();
    for number in 0..SIGN_INS {
        let body = json!({"tenant": "acme", "login": format!("person-{number}"), "password": "four brass bells"});
        let request = http.post(format!("{}/api/v1/session", server.url)).json(&body);
        attempts.spawn(async move {
            let response = request.send().await.unwrap();
            (response.status(), response.headers().contains_key("retry-after"))
        });
    }
    let mut slowest = Duration::ZERO;
    let mut counts = [0; 2];
    while !attempts.is_empty() {
        let asked = Instant::now();
        assert_eq!(http.get(format!("{}/api/v1/me", server.url)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        slowest = slowest.max(asked.elapsed());
        while let Some(done) = attempts.try_join_next() {
            match done.unwrap() {
                (StatusCode::UNAUTHORIZED, false) => counts[0] += 1,
                (StatusCode::TOO_MANY_REQUESTS, true) => counts[1] += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    let grown = server.peak_memory() - before;
    println!("{counts:?}; others waited {slowest:?} at most; {} MiB more", grown / 1024);
    assert!(counts[0] > 0, "some sign-ins are checked: {counts:?}");
    // Each core may hash one password at a time, with 19 MiB. A hundred at once would need 1,900 MiB.
    assert!(grown < 300 * 1024, "{grown} KiB");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
