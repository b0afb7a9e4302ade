//! The file permissions that the real binary sets and accepts in its data folder.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use serde_json::json;
use tokio::time::{Instant, interval};

use crate::{
    binary::{ServerProcess, run_command},
    harness::{PATIENCE, client},
};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Returns all paths in a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Runs a command in a shell with this umask.
fn with_umask(umask: &str, data: &Path, arguments: &str) -> Output {
    let line = format!("umask {umask}; exec \"$CAMPANILE\" --data \"$DATA\" {arguments}");
    let mut command = Command::new("sh");
    command.args(["-c", &line]).env("CAMPANILE", env!("CARGO_BIN_EXE_campanile")).env("DATA", data);
    command.output().unwrap()
}

#[test]
fn files_are_private_under_any_umask() {
    for umask in ["000", "022", "077", "0777"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("below/data");
        let made = with_umask(umask, &data, "tenant add acme");
        assert!(made.status.success(), "{umask}: {}", String::from_utf8_lossy(&made.stderr));
        assert_eq!(mode(&data), 0o700, "{umask}");
        assert!(!files(&data).is_empty());
        for file in files(&data) {
            assert_eq!(mode(&file), 0o600, "{umask}: {}", file.display());
        }
    }
}

#[tokio::test]
async fn a_running_server_creates_private_files() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    run_command(&data, &["tenant", "add", "acme"]);
    run_command(&data, &["person", "add", "acme", "ada", "--email", "ada@acme.example"]);
    let key = run_command(&data, &["key", "create", "acme", "ci", "--scope", "send"]);
    let server = ServerProcess::start(&data, &[]);
    let mail = json!({"channel": "email", "to": [{"kind": "everyone"}], "content": [{"language": "en", "title": "Hello"}]});
    let sent = client().build().unwrap().post(format!("{}/api/v1/notifications", server.url)).bearer_auth(key).json(&mail);
    assert_eq!(sent.send().await.unwrap().status(), 201);
    let mails = data.join("mail");
    let written = || mails.is_dir() && files(&mails).iter().any(|file| file.extension().is_some_and(|kind| kind == "eml"));
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
    while !written() {
        assert!(Instant::now() < deadline, "the mail is not written");
        pause.tick().await;
    }
    assert_eq!((mode(&data), mode(&mails)), (0o700, 0o700));
    let made: Vec<_> = files(&data).into_iter().filter(|path| path.is_file()).chain(files(&mails)).collect();
    assert!(made.iter().any(|path| path.ends_with("campanile.db-wal")) && made.iter().any(|path| path.ends_with("campanile.db-shm")));
    for file in made {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn readable_files_are_warned_about_and_writable_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    run_command(&data, &["tenant", "add", "acme"]);
    let database = data.join("campanile.db");
    let list = || with_umask("077", &data, "tenant list");
    let stderr_text = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(stderr_text(&list()), "");
    let advice = format!("chmod -R go= '{}'", data.display());
    for (path, wide, fine) in [(&data, 0o755, true), (&database, 0o644, true), (&data, 0o777, false), (&database, 0o666, false)] {
        let before = mode(path);
        set_mode(path, wide);
        let output = list();
        assert_eq!(output.status.success(), fine, "{} {wide:o}: {}", path.display(), stderr_text(&output));
        assert!(
            stderr_text(&output).contains(&advice) && stderr_text(&output).contains(&format!("{wide:04o}")),
            "{}",
            stderr_text(&output)
        );
        set_mode(path, before);
    }
    set_mode(&data, 0o757);
    set_mode(&database, 0o646);
    let advised = Command::new("sh").args(["-c", &advice]).status().unwrap();
    assert!(advised.success());
    assert_eq!(stderr_text(&list()), "");
}
