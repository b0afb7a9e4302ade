//! Errors that keep the server from starting. Each is one line that says what to do.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::{binary::run_command, service::Service};

/// An unprivileged user, for tests that run as root: root may read every file.
const OTHER_USER: u32 = 65_534;

fn serve(data: &Path) -> Command {
    let mut command = crate::binary::campanile_command(data);
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    command
}

/// Checks that the error is one line without SQLite's own words, and returns it.
fn error_line(output: &Output, code: i32) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("campanile: "), "{text}");
    for raw in ["SQLITE_", "sqlite", "Error code", "unable to open database file", "unavailable: ", "os error"] {
        assert!(!text.contains(raw), "{text}");
    }
    text
}

#[track_caller]
fn assert_refused(command: &mut Command, says: &[&str]) {
    let text = error_line(&command.output().unwrap(), 1);
    for part in says {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// Runs the server in a new mount namespace, with a tmpfs that holds a copy of the data. `options` are its mount
/// options.
fn serve_on_tmpfs(data: &Path, options: &str, prepare: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!(
        r#"mkdir "$2.copy" && cp "$2"/* "$2.copy/" 2>/dev/null; mount -t tmpfs -o {options} tmpfs "$2" && cp "$2.copy"/* "$2/" 2>/dev/null
           {prepare}; exec "$1" --data "$2" serve --listen 127.0.0.1:0"#
    );
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_campanile")]).arg(data);
    command
}

#[test]
fn files_that_are_not_a_database_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("campanile.db");
    fs::write(&database, "garbage ".repeat(1_000)).unwrap();
    assert_refused(&mut serve(folder.path()), &["campanile.db is not a database of Campanile", "campanile restore"]);
    fs::remove_file(&database).unwrap();
    fs::create_dir(&database).unwrap();
    assert_refused(&mut serve(folder.path()), &["campanile.db is a folder"]);
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_refused(&mut serve(&file), &["file is not a folder"]);
    assert_refused(&mut serve(&file.join("below")), &["is not a folder"]);
}

#[test]
fn files_of_another_user_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let as_other = |data: &Path| {
        let mut command = serve(data);
        if is_root() {
            command.uid(OTHER_USER).gid(OTHER_USER);
        }
        command
    };
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // First the file is read-only, then unreadable, then the folder is closed.
    let database = folder.path().join("campanile.db");
    mode(folder.path(), 0o755);
    mode(&database, 0o444);
    assert_refused(&mut as_other(folder.path()), &["may not be used by this user", "chown"]);
    mode(&database, 0o000);
    assert_refused(&mut as_other(folder.path()), &["may not be used by this user"]);
    mode(folder.path(), 0o000);
    assert_refused(&mut as_other(folder.path()), &["may not be used by this user"]);
    mode(folder.path(), 0o500);
    assert_refused(&mut as_other(&folder.path().join("new")), &["may not be used by this user"]);
    mode(folder.path(), 0o700);
}

#[tokio::test]
async fn a_wal_whose_database_was_replaced_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let database = data.join("campanile.db");
    run_command(data, &["tenant", "add", "acme"]);
    drop(Service::start(data, &[], Stdio::null()));
    // A killed server leaves its write-ahead log. The next start makes the database differ from this copy.
    let copy = fs::read(&database).unwrap();
    drop(Service::start(data, &[], Stdio::null()));
    run_command(data, &["tenant", "add", "kept"]);
    let service = Service::start(data, &[], Stdio::null());
    run_command(data, &["tenant", "add", "newer"]);
    drop(service);
    assert!(fs::metadata(data.join("campanile.db-wal")).unwrap().len() > 0, "the write-ahead log remains");
    let served = fs::read(&database).unwrap();
    fs::write(&database, &copy).unwrap();
    assert_refused(&mut serve(data), &["campanile.db-wal does not belong to", "campanile restore", "campanile.db-lock"]);
    assert_refused(crate::binary::campanile_command(data).args(["tenant", "list"]), &["does not belong to"]);
    // With the right database again, nothing is lost.
    fs::write(&database, served).unwrap();
    drop(Service::start(data, &[], Stdio::null()));
    assert!(run_command(data, &["tenant", "list"]).contains("newer"));
    // The copy can be restored although the log is there.
    let file = data.join("copy");
    fs::write(&file, copy).unwrap();
    run_command(data, &["restore", file.to_str().unwrap()]);
    assert!(!run_command(data, &["tenant", "list"]).contains("kept"));
    drop(Service::start(data, &[], Stdio::null()));
    drop(Service::start(data, &[], Stdio::null()));
}

#[tokio::test]
async fn an_emptied_database_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let mut service = Service::start(folder.path(), &[], Stdio::null());
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
    let database = folder.path().join("campanile.db");
    fs::write(&database, "").unwrap();
    assert_refused(&mut serve(folder.path()), &["campanile.db is empty, but was served before", "campanile restore", "remove it"]);
    // After the file is removed, the server starts with a new database.
    fs::remove_file(&database).unwrap();
    drop(Service::start(folder.path(), &[], Stdio::null()));
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

#[test]
fn unwritable_disks_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    run_command(&data, &["tenant", "add", "acme"]);
    assert_refused(&mut serve_on_tmpfs(&data, "size=8m", r#"mount -o remount,ro "$2""#), &["read-only"]);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_refused(&mut serve_on_tmpfs(&empty, "size=64k", ":"), &["no space"]);
}

#[test]
fn an_address_in_use_or_not_local_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = |address: &str| {
        let mut command = crate::binary::campanile_command(folder.path());
        command.args(["serve", "--listen", address]);
        command
    };
    assert_refused(&mut listen(&taken.local_addr().unwrap().to_string()), &["another program uses this address", "--listen"]);
    assert_refused(&mut listen("192.0.2.1:8080"), &["this machine has no such address", "--listen"]);
}

#[test]
fn a_database_of_a_later_version_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let database = folder.path().join("campanile.db");
    let mut bytes = fs::read(&database).unwrap();
    // `user_version` is at offset 60 of the header (SQLite's file format, §1.3.14).
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    fs::write(&database, bytes).unwrap();
    assert_refused(&mut serve(folder.path()), &["later version of Campanile", "start that version again"]);
}

#[test]
fn invalid_settings_have_their_own_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let output = serve(folder.path()).env("CAMPANILE_LIVE__LAG", "0").output().unwrap();
    assert!(error_line(&output, 78).contains("live.lag must be at least 1"));
}

#[tokio::test]
async fn a_copy_made_right_after_the_start_can_be_served() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _service = Service::start(folder.path(), &[], Stdio::null());
    fs::copy(folder.path().join("campanile.db"), copy.path().join("campanile.db")).unwrap();
    drop(Service::start(copy.path(), &[], Stdio::null()));
    // A database without tables is an incomplete copy.
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("campanile.db"), &fs::read(copy.path().join("campanile.db")).unwrap()[..4_096]).unwrap();
    let text = error_line(&serve(bare.path()).output().unwrap(), 1);
    assert!(text.contains("campanile restore"), "{text}");
}
