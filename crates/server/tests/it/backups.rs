//! `campanile backup` and `campanile restore` while the real server runs: under load, killed, and on a full disk.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campanile_shared::sent::SentPage;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    binary::{campanile, say},
    harness::{PATIENCE, client},
    service::Service,
};

/// Creates a tenant; returns the key of its sender.
fn tenant(data: &Path) -> String {
    say(data, &["tenant", "add", "acme"]);
    say(data, &["key", "create", "acme", "sender", "--scope", "send", "--scope", "read"])
}

async fn send(url: &str, key: &str, title: &str) -> u16 {
    let body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": title, "description": "filler ".repeat(200)}]});
    let http = client().timeout(PATIENCE).build().unwrap();
    http.post(format!("{url}/api/v1/notifications")).bearer_auth(key).json(&body).send().await.unwrap().status().as_u16()
}

/// Returns how many notifications a server lists.
async fn count(url: &str, key: &str) -> usize {
    let http = client().timeout(PATIENCE).build().unwrap();
    let (mut found, mut next) = (0, format!("{url}/api/v1/notifications?limit=200"));
    loop {
        let page = http.get(&next).bearer_auth(key).send().await.unwrap().json::<SentPage>().await.unwrap();
        found += page.items.len();
        match page.next {
            Some(cursor) => next = format!("{url}/api/v1/notifications?limit=200&cursor={cursor}"),
            None => return found,
        }
    }
}

fn stderr_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "the command must fail");
    String::from_utf8(output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_are_made_and_killed_under_load_and_one_is_put_back() {
    let (folder, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path();
    let key = tenant(data);
    let mut service = Service::start(data, &[], Stdio::null());
    let (stop, url) = (Arc::new(AtomicBool::new(false)), service.url.clone());
    let sender = tokio::spawn({
        let (stop, url, key) = (stop.clone(), url.clone(), key.clone());
        async move {
            let (mut sent, mut slowest) = (0, Duration::ZERO);
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                assert_eq!(send(&url, &key, "under load").await, 201);
                (sent, slowest) = (sent + 1, slowest.max(began.elapsed()));
            }
            (sent, slowest)
        }
    });
    while count(&url, &key).await < 50 {}
    let backup = away.path().join("backup");
    for milliseconds in [1, 5, 10, 20, 40] {
        let mut killed = campanile(data).args(["backup", text(&backup)]).stdout(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        killed.kill().unwrap();
        killed.wait().unwrap();
        // A partial backup never has the final name, so a file with that name is complete.
        if backup.exists() {
            let other = tempfile::tempdir().unwrap();
            let told = say(other.path(), &["restore", text(&backup)]);
            assert!(told.contains("notifications restored"), "{told}");
            std::fs::remove_file(&backup).unwrap();
        }
    }
    let known = count(&url, &key).await;
    let told = tokio::task::spawn_blocking({
        let (data, backup) = (data.to_owned(), backup.clone());
        move || say(&data, &["backup", text(&backup)])
    });
    let told = told.await.unwrap();
    let held: usize = told.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(held >= known, "{told}");
    assert_eq!(std::fs::read_dir(away.path()).unwrap().count(), 1, "no partial file remains beside the backup");
    stop.store(true, Ordering::Relaxed);
    let (sent, slowest) = sender.await.unwrap();
    assert!(slowest < Duration::from_secs(2), "a sender waited {slowest:?}");
    let refused = stderr_of(campanile(data).args(["restore", text(&backup)]));
    assert!(refused.contains("server") && refused.lines().count() == 1, "{refused}");
    assert_eq!(count(&url, &key).await, sent);
    // The server is killed, so that newer rows are still in the write-ahead log.
    drop(service);
    let told = say(data, &["restore", text(&backup)]);
    assert!(told.contains(&format!("{held} notifications restored")) && told.contains("before-restore"), "{told}");
    service = Service::start(data, &[], Stdio::null());
    assert_eq!(count(&service.url, &key).await, held);
    assert_eq!(send(&service.url, &key, "goes on").await, 201);
    let kept = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<PathBuf> = kept.filter(|path| text(path).contains("before-restore")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let former = tempfile::tempdir().unwrap();
    std::fs::rename(&kept[0], former.path().join("campanile.db")).unwrap();
    let service = Service::start(former.path(), &[], Stdio::null());
    assert_eq!(count(&service.url, &key).await, sent);
}

#[tokio::test]
async fn a_backup_without_room_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let key = tenant(folder.path());
    let service = Service::start(folder.path(), &[], Stdio::null());
    for _ in 0..200 {
        assert_eq!(send(&service.url, &key, "filler").await, 201);
    }
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let binary = env!("CARGO_BIN_EXE_campanile");
    let script = r#"mount -t tmpfs -o size=256k tmpfs "$3" && "$1" --data "$2" backup "$3/backup"; code=$?; ls -A "$3"; exit $code"#;
    let arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", binary, text(folder.path()), text(&small)];
    let output = Command::new("unshare").args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("there is no space for"), "{told}");
    assert!(!told.to_lowercase().contains("sqlite"), "{told}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "no partial file remains");
    assert_eq!(send(&service.url, &key, "goes on").await, 201);
}
