//! The systemd unit: how strictly it is sandboxed, and that it still allows what the server needs.

use std::{path::PathBuf, process::Command};

fn unit() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/campanile.service")
}

fn analyze(arguments: &[&str]) -> String {
    let output = Command::new("systemd-analyze").arg("--no-pager").args(arguments).output();
    let output = output.expect("systemd-analyze, of Debian's package systemd, is there: `cargo xtask test` installs it");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_unit_is_sandboxed() {
    let judged = analyze(&["security", "--offline=true", unit().to_str().unwrap()]);
    let overall = judged.lines().find(|line| line.contains("Overall exposure level")).unwrap_or_else(|| panic!("{judged}"));
    let level: f64 = overall.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(level <= 1.5, "{judged}");
}

#[test]
fn systemd_accepts_the_unit() {
    // Uses the binary's path on this machine and drops the user, who may not exist here.
    let text = std::fs::read_to_string(unit()).unwrap().replace("/usr/local/bin/campanile", env!("CARGO_BIN_EXE_campanile"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campanile.service");
    std::fs::write(&file, text.replace("User=campanile\nGroup=campanile\n", "")).unwrap();
    let complaints = analyze(&["verify", "--man=no", "--recursive-errors=no", file.to_str().unwrap()]);
    assert!(!complaints.contains("campanile.service"), "{complaints}");
}

#[test]
fn the_unit_allows_what_the_server_needs() {
    let text = std::fs::read_to_string(unit()).unwrap();
    for line in [
        "Type=notify",
        "WatchdogSec=30",
        "StateDirectory=campanile",
        "StateDirectoryMode=0700",
        "Environment=CAMPANILE_STORE__DATA=/var/lib/campanile",
        "EnvironmentFile=-/etc/campanile/environment",
        // Invalid settings exit with 78: see start_errors.
        "RestartPreventExitStatus=2 78",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}
