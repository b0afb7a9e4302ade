//! The real binary under a service manager: it notifies readiness, the watchdog and stopping.

use std::{
    net::SocketAddr,
    os::unix::net::UnixDatagram,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    binary::campanile_command,
    harness::{PATIENCE, client},
};

/// The binary, started as a service.
pub struct Service {
    child: Child,
    manager: UnixDatagram,
    pub url: String,
    _folder: TempDir,
}

impl Service {
    /// Starts the binary with these environment variables and waits until it is ready.
    pub fn start(data: &Path, settings: &[(&str, &str)], stderr: Stdio) -> Self {
        Self::spawn(campanile_command(data), settings, stderr)
    }

    /// Starts a custom command whose last argument is the data folder.
    pub fn spawn(mut command: Command, settings: &[(&str, &str)], stderr: Stdio) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        manager.set_read_timeout(Some(PATIENCE)).unwrap();
        let child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("NOTIFY_SOCKET", &path)
            .envs(settings.iter().copied())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut service = Self { child, manager, url: String::new(), _folder: folder };
        let ready = service.next_message();
        let address = ready.strip_prefix("READY=1\nSTATUS=Listening on ").unwrap_or_else(|| panic!("{ready}"));
        service.url = format!("http://{}", address.parse::<SocketAddr>().unwrap());
        service
    }

    /// Returns the next message to the service manager.
    pub fn next_message(&self) -> String {
        let mut text = [0; 1_000];
        let length = self.manager.recv(&mut text).expect("the service sent no message");
        String::from_utf8(text[..length].to_vec()).unwrap()
    }

    /// Its standard error, if that is a pipe.
    pub fn stderr(&mut self) -> std::process::ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the exit; returns its status.
    pub async fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the service did not end");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The process may have ended already.
        drop((self.child.kill(), self.child.wait()));
    }
}

#[tokio::test]
async fn a_service_notifies_ready_watchdog_and_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[("WATCHDOG_USEC", "200000")], Stdio::null());
    assert_eq!(status_of(&format!("{}/livez", service.url)).await, 200);
    for _ in 0..3 {
        assert_eq!(service.next_message(), "WATCHDOG=1");
    }
    // SIGHUP, from a closed terminal or an operator who expects a reload, does not end it.
    service.signal("HUP");
    assert_eq!(service.next_message(), "WATCHDOG=1");
    assert_eq!(status_of(&format!("{}/readyz", service.url)).await, 200);
    service.signal("TERM");
    while service.next_message() != "STOPPING=1" {}
    assert!(service.wait_for_exit().await.success());
}

#[tokio::test]
async fn a_service_recovers_after_running_out_of_file_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 64; exec \"$@\"", "sh"]);
    let program = campanile_command(folder.path());
    command.arg(program.get_program()).args(program.get_args());
    let mut service = Service::spawn(command, &[], Stdio::null());
    let address = service.url.strip_prefix("http://").unwrap().to_owned();
    let held: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
    let more = client().timeout(Duration::from_millis(500)).build().unwrap();
    assert!(more.get(format!("{}/livez", service.url)).send().await.is_err(), "a file descriptor was left");
    drop(held);
    assert_eq!(status_of(&format!("{}/readyz", service.url)).await, 200);
    service.signal("TERM");
    assert!(service.wait_for_exit().await.success());
}

async fn status_of(url: &str) -> u16 {
    client().build().unwrap().get(url).send().await.unwrap().status().as_u16()
}
