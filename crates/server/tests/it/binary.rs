//! The real binary as its own process, repeatable random numbers, and tests of the command line.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

/// A running server process. It is killed when it goes out of scope.
pub struct ServerProcess {
    child: Child,
    pub url: String,
}

impl ServerProcess {
    /// Starts `serve` with these settings, given as environment variables.
    pub fn start(data: &Path, settings: &[(&str, String)]) -> Self {
        let mut child = campanile_command(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("CAMPANILE_LOG__FORMAT", "json")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            Some(line["fields"]["address"].as_str()?.to_owned())
        });
        // A process blocks when its pipe is not read.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("http://{}", address.expect("the log names the address")) }
    }
}

impl ServerProcess {
    /// The peak memory of the process, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse().unwrap()
    }

    /// The process id.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM, as a service manager does, and waits for the exit.
    pub fn stop(mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // SIGKILL on Unix: no handler runs, nothing is flushed. The process may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().unwrap();
    }
}

/// The path of another build to test, such as the release build, from `CAMPANILE_BINARY`.
pub fn other_build() -> Option<std::ffi::OsString> {
    std::env::var_os("CAMPANILE_BINARY")
}

/// A command with the data folder as its first argument.
pub fn campanile_command(data: &Path) -> Command {
    let mut command = Command::new(other_build().unwrap_or_else(|| env!("CARGO_BIN_EXE_campanile").into()));
    command.arg("--data").arg(data);
    command
}

/// Runs a command that must succeed; returns its standard output.
pub fn run_command(data: &Path, arguments: &[&str]) -> String {
    let output = campanile_command(data).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Repeatable pseudorandom numbers (SplitMix64).
pub struct SeededRandom(pub u64);

impl SeededRandom {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[test]
fn invalid_names_are_refused_by_field() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let output = campanile_command(folder.path()).args(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for name in ["", "a/b", "a\nb", "root"] {
        assert!(refused(&["tenant", "add", name]).contains("name cannot be used"), "{name:?}");
    }
    run_command(folder.path(), &["tenant", "add", "acme"]);
    assert!(refused(&["key", "create", "acme", ""]).contains("name"));
    assert!(refused(&["person", "add", "acme", ""]).contains("login"));
    assert!(refused(&["person", "add", "acme", "ada", "--email", "nobody"]).contains("email"));
}

#[test]
fn a_directory_is_imported_by_lines_and_in_one_document() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let directory = json!({
        "people": [{"login": "olga"}],
        "relations": [{"object": "application:shop", "relation": "OWNER", "subject": "person:olga"}],
    });
    let file = folder.path().join("directory");
    let import = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let counts = run_command(folder.path(), &["directory", "import", "acme", file.to_str().unwrap()]);
        serde_json::from_str::<Value>(&counts).unwrap()
    };
    assert_eq!(import(&format!("\n{directory:#}"))["people_added"], 1);
    assert_eq!(import(&directory.to_string())["unchanged"], 2);
    let lines = run_command(folder.path(), &["directory", "export", "acme"]);
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(import(&format!("\n{lines}\n"))["unchanged"], 2);
    std::fs::write(&file, "{\n  \"people\": [}").unwrap();
    let output = campanile_command(folder.path()).args(["directory", "import", "acme", file.to_str().unwrap()]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && message.contains("line 2"), "{message}");
}

#[test]
fn people_are_listed_with_their_state() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    for login in ["ada", "bo"] {
        run_command(folder.path(), &["person", "add", "acme", login]);
    }
    run_command(folder.path(), &["person", "disable", "acme", "bo"]);
    assert_eq!(run_command(folder.path(), &["person", "list", "acme"]), "ada\tada\t\t\nbo\tbo\t\tdisabled");
}

#[test]
fn the_configuration_file_of_the_current_folder_is_read_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("below");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(folder.path().join("campanile.toml"), "[live]\nlag = 0\n").unwrap();
    let print = |folder: &Path| campanile_command(&below).args(["serve", "--print-config"]).current_dir(folder).output().unwrap();
    let here = print(folder.path());
    assert!(!here.status.success());
    assert_eq!(String::from_utf8(here.stderr).unwrap().trim(), "campanile: live.lag must be at least 1");
    let beside = print(&below);
    assert!(beside.status.success() && String::from_utf8(beside.stdout).unwrap().contains("lag = 64"));
}

#[test]
fn commands_cannot_remove_the_last_administrator() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    run_command(folder.path(), &["person", "add", "acme", "ada"]);
    run_command(folder.path(), &["person", "add", "acme", "bo"]);
    run_command(folder.path(), &["person", "disable", "acme", "bo"]);
    for arguments in [
        &["person", "administrator", "acme", "ada", "--revoke"][..],
        &["person", "disable", "acme", "ada"],
        &["person", "remove", "acme", "ada"],
    ] {
        let output = campanile_command(folder.path()).args(arguments).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            message.contains("ada is the last administrator of acme") && message.contains("campanile person administrator acme LOGIN"),
            "{message}"
        );
    }
    run_command(folder.path(), &["person", "disable", "acme", "bo", "--revoke"]);
    run_command(folder.path(), &["person", "administrator", "acme", "ada", "--revoke"]);
}

#[test]
fn a_common_password_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    run_command(folder.path(), &["person", "add", "acme", "ada", "--name", "Ada Byron"]);
    let set = |password: &str| {
        let mut command = campanile_command(folder.path());
        let command = command.args(["person", "password", "acme", "ada"]).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), password.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    for (password, message) in [
        ("x7-qp2w\n", "password: at least 8"),
        ("Password1\n", "too common"),
        ("iloveyou\n", "too common"),
        ("ada-byron\n", "too common"),
        ("\n", "password is missing"),
    ] {
        let (fine, said) = set(password);
        assert!(!fine && said.contains(message), "{password:?}: {said}");
    }
    assert!(set("four brass bells\n").0);
}

#[test]
fn a_portal_secret_is_rotated_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let first = run_command(folder.path(), &["tenant", "add", "acme"]);
    let mut seen = vec![first];
    for overlap in [None, Some("24h"), Some("30d"), Some("0")] {
        let flags = overlap.map(|overlap| ["--overlap", overlap]);
        let arguments = [&["tenant", "rotate-secret", "acme"][..], flags.as_ref().map_or(&[][..], |flags| &flags[..])].concat();
        let secret = run_command(folder.path(), &arguments);
        assert!(secret.starts_with("cmx_") && !seen.contains(&secret), "{secret}");
        seen.push(secret);
    }
    for overlap in ["24", "31d", "721h", "-1h", "soon", ""] {
        let output = campanile_command(folder.path()).args(["tenant", "rotate-secret", "acme", "--overlap", overlap]).output().unwrap();
        assert!(!output.status.success(), "{overlap:?}");
    }
    let output = campanile_command(folder.path()).args(["tenant", "rotate-secret", "nowhere"]).output().unwrap();
    assert!(!output.status.success());
}
