//! A real SMTP server (aiosmtpd) in a child process, and the messages it received.

use std::{path::PathBuf, process::Stdio, sync::LazyLock};

use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The Python interpreter that has aiosmtpd.
static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let chosen = std::env::var("CAMPANILE_PYTHON").ok();
    let candidates: Vec<String> = chosen.into_iter().chain(["/usr/bin/python3".to_owned(), "python3".to_owned()]).collect();
    let has_it = |python: &&String| {
        let mut command = std::process::Command::new(python);
        let asked = command.args(["-c", "import aiosmtpd.smtp"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    candidates.iter().find(has_it).cloned().unwrap_or_else(|| {
        panic!(
            "none of {} has aiosmtpd, the SMTP server of these tests: `apt-get install python3-aiosmtpd`, or \
             `pip install aiosmtpd` and name the interpreter in CAMPANILE_PYTHON",
            candidates.join(", ")
        )
    })
});

/// The script beside this file. The path also works from the tests of other crates.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../channels/tests/it/smtp.py");

/// The settings of a server.
#[derive(Default)]
pub struct Setup {
    /// The port; 0 for any free port.
    pub port: u16,
    /// Stores only what [`Server::envelopes`] returns. For many messages.
    pub envelopes: bool,
    /// Implicit TLS.
    pub tls: bool,
    /// Requires STARTTLS.
    pub starttls: bool,
    /// Requires this user and password.
    pub user: Option<(&'static str, &'static str)>,
}

/// A server that runs until the test ends.
pub struct Server {
    pub port: u16,
    folder: TempDir,
    _process: Child,
}

/// A message as parsed by Python's e-mail package.
#[derive(Debug, Deserialize)]
pub struct Message {
    pub kind: String,
    headers: Vec<(String, String)>,
    pub to: Vec<(String, String)>,
    pub from: Vec<(String, String)>,
    pub date: String,
    pub text: String,
    pub html: String,
    pub defects: Vec<String>,
    pub longest_line: usize,
    pub raw: String,
    #[serde(default)]
    pub mail_from: String,
    #[serde(default)]
    pub rcpt_to: Vec<String>,
    #[serde(default)]
    pub connection: usize,
    #[serde(default)]
    pub encrypted: bool,
    #[serde(default)]
    pub signed_in: bool,
}

impl Server {
    pub async fn start(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(&*PYTHON);
        command.args([SCRIPT, "serve"]).arg(folder.path().join("mail"));
        std::fs::create_dir(folder.path().join("mail")).unwrap();
        command.args(["--port", &setup.port.to_string()]);
        if setup.envelopes {
            command.arg("--envelopes");
        }
        if setup.tls || setup.starttls {
            let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
            let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
            std::fs::write(&certificate, made.cert.pem()).unwrap();
            std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
            command.arg("--certificate").arg(certificate).arg("--key").arg(key);
        }
        if setup.tls {
            command.arg("--tls");
        }
        if let Some((user, password)) = setup.user {
            command.args(["--user", user, "--password", password]);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the server ended early").parse().unwrap();
        Self { port, folder, _process: process }
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The Message-ID and recipient of each received message, the oldest first.
    pub fn envelopes(&self) -> Vec<(String, String)> {
        let envelopes = std::fs::read_to_string(self.folder.path().join("mail/envelopes")).unwrap();
        // The last line may be incomplete.
        let whole = envelopes.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        whole.map(|line| line.split_once(' ').unwrap()).map(|(id, to)| (id.to_owned(), to.to_owned())).collect()
    }

    /// Accepts the message to the recipient `held`, which has no reply until then.
    pub fn release(&self) {
        std::fs::write(self.folder.path().join("mail/release"), "").unwrap();
    }

    /// The received messages, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        let folder = std::fs::read_dir(self.folder.path().join("mail")).unwrap();
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some()).collect();
        files.sort();
        files.iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
    }
}

impl Message {
    /// Parses a message file.
    pub fn read(file: &std::path::Path) -> Self {
        let output = std::process::Command::new(&*PYTHON).args([SCRIPT, "read"]).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The value of the only header field of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| &**value);
        let value = values.next();
        assert_eq!(values.next(), None, "{name} occurs twice");
        value
    }

    /// The names of all header fields, in order.
    pub fn fields(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| &**name).collect()
    }
}
