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
    binary::{campanile_command, run_command},
    harness::{PATIENCE, client},
    service::Service,
};

/// Creates a tenant; returns the key of its sender.
fn tenant(data: &Path) -> String {
    run_command(data, &["tenant", "add", "acme"]);
    run_command(data, &["key", "create", "acme", "sender", "--scope", "send", "--scope", "read"])
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

fn path_str(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_survive_kills_under_load_and_can_be_restored() {
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
    let until = Instant::now() + PATIENCE;
    while count(&url, &key).await < 50 {
        assert!(Instant::now() < until, "no 50 notifications were stored in {PATIENCE:?}");
    }
    let backup = away.path().join("backup");
    for milliseconds in [1, 5, 10, 20, 40] {
        let mut killed = campanile_command(data).args(["backup", path_str(&backup)]).stdout(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        killed.kill().unwrap();
        killed.wait().unwrap();
        // A partial backup never has the final name, so a file with that name is complete.
        if backup.exists() {
            let other = tempfile::tempdir().unwrap();
            let output_text = run_command(other.path(), &["restore", path_str(&backup)]);
            assert!(output_text.contains("notifications restored"), "{output_text}");
            std::fs::remove_file(&backup).unwrap();
        }
    }
    let known = count(&url, &key).await;
    let output_text = tokio::task::spawn_blocking({
        let (data, backup) = (data.to_owned(), backup.clone());
        move || run_command(&data, &["backup", path_str(&backup)])
    });
    let output_text = output_text.await.unwrap();
    let held: usize = output_text.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(held >= known, "{output_text}");
    assert_eq!(std::fs::read_dir(away.path()).unwrap().count(), 1, "no partial file remains beside the backup");
    stop.store(true, Ordering::Relaxed);
    let (sent, slowest) = sender.await.unwrap();
    assert!(slowest < Duration::from_secs(2), "a sender waited {slowest:?}");
    let refused = stderr_of(campanile_command(data).args(["restore", path_str(&backup)]));
    assert!(refused.contains("server") && refused.lines().count() == 1, "{refused}");
    assert_eq!(count(&url, &key).await, sent);
    // The server is killed, so that newer rows are still in the write-ahead log.
    drop(service);
    let output_text = run_command(data, &["restore", path_str(&backup)]);
    assert!(output_text.contains(&format!("{held} notifications restored")) && output_text.contains("before-restore"), "{output_text}");
    service = Service::start(data, &[], Stdio::null());
    assert_eq!(count(&service.url, &key).await, held);
    assert_eq!(send(&service.url, &key, "goes on").await, 201);
    let kept = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<PathBuf> = kept.filter(|path| path_str(path).contains("before-restore")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let former = tempfile::tempdir().unwrap();
    std::fs::rename(&kept[0], former.path().join("campanile.db")).unwrap();
    let service = Service::start(former.path(), &[], Stdio::null());
    assert_eq!(count(&service.url, &key).await, sent);
}

#[tokio::test]
async fn a_backup_on_a_full_disk_leaves_no_file() {
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
    let arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", binary, path_str(folder.path()), path_str(&small)];
    let output = Command::new("unshare").args(arguments).output().unwrap();
    let output_text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output_text.contains("there is no space for"), "{output_text}");
    assert!(!output_text.to_lowercase().contains("sqlite"), "{output_text}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "no partial file remains");
    assert_eq!(send(&service.url, &key, "goes on").await, 201);
}
