//! Commands that run while a server runs. The server applies their changes within two seconds, and only one server may
//! use a data folder.

use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::interval};

use crate::{
    binary::{ServerProcess, campanile_command, run_command},
    harness::{PATIENCE, client, read_to_end, read_until},
};

/// How soon the server applies what a command changed.
const EFFECT_DEADLINE: Duration = Duration::from_secs(2);

/// A running server with a tenant.
struct RunningServer {
    run: ServerProcess,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

impl RunningServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        run_command(folder.path(), &["tenant", "add", "acme"]);
        run_command(folder.path(), &["person", "add", "acme", "root"]);
        let run = ServerProcess::start(folder.path(), &[]);
        Self { run, folder, http: client().timeout(PATIENCE).build().unwrap() }
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a person; returns their token.
    fn person(&self, login: &str) -> String {
        run_command(self.data(), &["person", "add", "acme", login]);
        self.token(login)
    }

    fn token(&self, login: &str) -> String {
        run_command(self.data(), &["person", "token", "acme", login])
    }

    /// Opens a stream and waits for its first event.
    async fn stream(&self, token: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.run.url.trim_start_matches("http://")).await.unwrap();
        let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        read_until(&mut stream, "event: hello").await;
        stream
    }

    async fn status(&self, path: &str, token: &str) -> u16 {
        self.http.get(format!("{}/api/v1{path}", self.run.url)).bearer_auth(token).send().await.unwrap().status().as_u16()
    }

    /// Exchanges an API key for an access token of the Citrix API.
    async fn exchange(&self, name: &str, key: &str) -> String {
        let client = json!({"clientId": name, "clientSecret": key});
        let response = self.http.post(format!("{}/citrix/root/tokens/clients", self.run.url)).json(&client).send().await.unwrap();
        response.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
    }

    /// Sends a notification to every administrator with an access token.
    async fn send_with_token(&self, token: &str) -> u16 {
        let content = [json!({"languageTag": "en", "title": "One", "description": ""})];
        let body = json!({
            "destinationAdmin": "*", "component": "Shop", "createdDate": "2026-03-01T12:00:00Z",
            "severity": "Information", "priority": "Normal", "content": content,
        });
        let request = self.http.post(format!("{}/citrix/acme/notifications/items", self.run.url));
        request.header("authorization", format!("CwsAuth Bearer={token}")).json(&body).send().await.unwrap().status().as_u16()
    }

    async fn send(&self, key: &str, title: &str) -> u16 {
        let body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": title}]});
        self.http
            .post(format!("{}/api/v1/notifications", self.run.url))
            .bearer_auth(key)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    }
}

/// Runs a command with this text on its standard input.
fn run_with_input(data: &Path, arguments: &[&str], text: &str) {
    let mut command = campanile_command(data);
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_revoke_access_end_streams_within_two_seconds() {
    let acme = RunningServer::start();
    let owner = json!({"people": [], "relations": [{"object": "application:shop", "relation": "OWNER", "subject": "person:ivo"}]});
    let mut bystander = acme.stream(&acme.person("bystander")).await;
    for (login, arguments, text, afterwards) in [
        ("pia", &["person", "password", "acme", "pia"][..], "four brass bells\n", 401),
        ("dan", &["person", "disable", "acme", "dan"], "", 401),
        ("rea", &["person", "remove", "acme", "rea"], "", 401),
        ("ada", &["person", "administrator", "acme", "ada", "--revoke"], "", 200),
        (
            "ivo",
            &["directory", "import", "acme", "--part", "application:", "--confirm", "1"],
            r#"{"people": [{"login": "ivo"}], "relations": []}"#,
            200,
        ),
    ] {
        let token = acme.person(login);
        if login == "ivo" {
            run_with_input(acme.data(), &["directory", "import", "acme"], &owner.to_string());
        }
        // The server has already applied the changes of the preparation, so they do not end this stream.
        let mut stream = settled_stream(&acme, &token).await;
        run_with_input(acme.data(), arguments, text);
        let done = Instant::now();
        let text_left = read_to_end(&mut stream).await;
        assert!(done.elapsed() < EFFECT_DEADLINE, "{login}: {:?}", done.elapsed());
        assert!(!text_left.contains("event:"), "{login}: {text_left}");
        assert_eq!(acme.status("/me", &token).await, afterwards, "{login}");
    }
    let key = run_command(acme.data(), &["key", "create", "acme", "ci"]);
    assert_eq!(acme.send(&key, "Still here").await, 201);
    read_until(&mut bystander, "Still here").await;
}

/// Opens a stream that earlier commands no longer end. The server looks for changes once a second, so a stream that
/// stays open longer than that is safe.
async fn settled_stream(acme: &RunningServer, token: &str) -> TcpStream {
    let mut stream = acme.stream(token).await;
    let closed = tokio::time::timeout(Duration::from_millis(1_500), stream.readable()).await;
    let Ok(Ok(())) = closed else { return stream };
    if stream.try_read(&mut [0; 64]).is_ok_and(|count| count > 0) {
        return stream;
    }
    stream.shutdown().await.ok();
    acme.stream(token).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn key_and_origin_commands_take_effect_within_two_seconds() {
    let acme = RunningServer::start();
    let key = run_command(acme.data(), &["key", "create", "acme", "ci"]);
    assert_eq!(acme.send(&key, "One").await, 201);
    let token = acme.exchange("ci", &key).await;
    assert_eq!(acme.send_with_token(&token).await, 200);
    run_command(acme.data(), &["key", "revoke", "acme", "ci"]);
    assert_within(EFFECT_DEADLINE, async || acme.send(&key, "Another").await == 401 && acme.send_with_token(&token).await == 401).await;

    let allowed = async || {
        let preflight = acme.http.request(reqwest::Method::OPTIONS, format!("{}/api/v1/me", acme.run.url));
        let preflight = preflight.header("origin", "https://portal.example").header("access-control-request-method", "GET");
        preflight.send().await.unwrap().headers().contains_key("access-control-allow-origin")
    };
    assert!(!allowed().await);
    run_command(acme.data(), &["tenant", "set", "acme", "--origin", "https://portal.example"]);
    assert_within(EFFECT_DEADLINE, &allowed).await;
    run_command(acme.data(), &["tenant", "set", "acme", "--origin", "https://other.example"]);
    assert_within(EFFECT_DEADLINE, async || !allowed().await).await;
}

/// Waits until a condition holds. Panics after `time`.
async fn assert_within(time: Duration, holds: impl AsyncFn() -> bool) {
    let (begin, mut pause) = (Instant::now(), interval(Duration::from_millis(50)));
    while !holds().await {
        assert!(begin.elapsed() < time, "not within {time:?}");
        pause.tick().await;
    }
}

fn stderr_of_failure(mut command: std::process::Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_one_folder_is_refused() {
    let acme = RunningServer::start();
    let data = acme.data().to_owned();
    let expected = format!(
        "campanile: another `campanile serve` (process {}) uses the folder {}; only one server at a time can use it\n",
        acme.run.process_id(),
        data.display()
    );
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["demo", "--listen", "127.0.0.1:0", "--portal", "127.0.0.1:0"]] {
        let mut second = campanile_command(&data);
        second.args(arguments);
        assert_eq!(stderr_of_failure(second), expected);
    }
    // The first server keeps running. The folder is free after it ends, cleanly or not.
    let token = acme.person("ada");
    assert_eq!(acme.status("/me", &token).await, 200);
    let RunningServer { run, folder, .. } = acme;
    drop(run);
    ServerProcess::start(folder.path(), &[]).stop();
    drop(ServerProcess::start(folder.path(), &[]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_copy_is_a_new_generation() {
    let acme = RunningServer::start();
    let (data, token) = (acme.data().to_owned(), acme.person("ada"));
    let key = run_command(&data, &["key", "create", "acme", "ci"]);
    let generation = async |acme: &RunningServer| {
        let page = acme.http.get(format!("{}/api/v1/inbox", acme.run.url)).bearer_auth(&token).send().await.unwrap();
        let page: serde_json::Value = page.json().await.unwrap();
        (page["generation"].as_u64().unwrap(), page["sequence"].as_u64().unwrap())
    };
    acme.send(&key, "kept").await;
    let (first, _) = generation(&acme).await;
    let RunningServer { run, folder, http } = acme;
    run.stop();
    let (file, copy) = (data.join("campanile.db"), data.join("copy.db"));
    std::fs::copy(&file, &copy).unwrap();
    let acme = RunningServer { run: ServerProcess::start(&data, &[]), folder, http };
    for number in 0..3 {
        acme.send(&key, &number.to_string()).await;
    }
    assert_eq!(generation(&acme).await, (first, 4), "a restart keeps the generation");
    let RunningServer { run, folder, http } = acme;
    run.stop();
    std::fs::copy(&copy, &file).unwrap();
    let acme = RunningServer { run: ServerProcess::start(&data, &[]), folder, http };
    let (second, sequence) = generation(&acme).await;
    assert!(second != first && sequence == 1);
    let mut stream = TcpStream::connect(acme.run.url.trim_start_matches("http://")).await.unwrap();
    let last = format!("Authorization: Bearer {token}\r\nLast-Event-ID: {first}-4-0\r\n");
    stream.write_all(format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\n{last}\r\n").as_bytes()).await.unwrap();
    read_until(&mut stream, &format!("id: {second}-1-0\nevent: reset")).await;
}
