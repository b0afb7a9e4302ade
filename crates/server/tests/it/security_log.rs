//! The security log of the real binary: it records every change of rights and never contains a secret.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use campanile_domain::{Clock, SystemClock};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, interval};

use crate::harness::{PATIENCE, client};

const PASSWORD: &str = "correct horse battery staple";
/// The prefixes of our secrets and of signed tokens, and the test's password.
const SECRETS: [&str; 12] = ["cmp_", "cms_", "cml_", "cmk_", "cmt_", "cmx_", "cmu_", "cme_", "cmb_", "whsec_", "eyJ", PASSWORD];

/// A running server with its log.
struct LoggedServer {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    url: String,
    http: reqwest::Client,
}

impl Drop for LoggedServer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn campanile(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
    command.arg("--data").arg(data).env("CAMPANILE_LOG__FORMAT", "json");
    command
}

/// Returns the fields of a line if it belongs to the security log.
fn security_fields(line: &Value) -> Option<Value> {
    (line["target"] == "security").then(|| {
        assert_eq!(line["level"], "INFO");
        line["fields"].clone()
    })
}

/// Runs a command; returns its output and its lines of the security log.
fn run(data: &Path, arguments: &[&str], input: &str) -> (String, Vec<Value>) {
    let mut child = campanile(data).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let lines = log.lines().filter_map(|line| security_fields(&serde_json::from_str(line).ok()?));
    (String::from_utf8(output.stdout).unwrap().trim().to_owned(), lines.collect())
}

impl LoggedServer {
    fn start(data: &Path) -> Self {
        let mut child = campanile(data).args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut read =
            BufReader::new(child.stderr.take().unwrap()).lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let address = read.find_map(|line| Some(line["fields"]["address"].as_str()?.to_owned())).unwrap();
        let lines = Arc::<Mutex<Vec<Value>>>::default();
        let kept = lines.clone();
        std::thread::spawn(move || read.for_each(|line| kept.lock().unwrap().push(line)));
        let http = client().timeout(PATIENCE).build().unwrap();
        Self { child, lines, url: format!("http://{address}"), http }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Returns the status and JSON of a call of our own API.
    async fn fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.call(method, &format!("/api/v1{path}")).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// Signs in with a password or link; returns the session token.
    async fn sign_in(&self, with: Value) -> Option<String> {
        let request = self.call(Method::POST, "/api/v1/session").header("sec-fetch-site", "cross-site").json(&with);
        request.send().await.unwrap().json::<Value>().await.unwrap()["token"].as_str().map(str::to_owned)
    }

    fn security_lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().iter().filter_map(security_fields).collect()
    }

    /// Waits for a line of the security log with these fields.
    async fn wait_for_line(&self, fields: &Value) -> Value {
        let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
        loop {
            let said = self.security_lines();
            if let Some(line) = said.iter().find(|line| has_fields(line, fields)) {
                return line.clone();
            }
            assert!(Instant::now() < deadline, "no line has {fields}: {said:#?}");
            pause.tick().await;
        }
    }
}

fn has_fields(line: &Value, fields: &Value) -> bool {
    fields.as_object().unwrap().iter().all(|(name, value)| line[name] == *value)
}

fn sign_portal_token(secret: &str, header: &Header) -> String {
    let claims = json!({"iss": "acme", "sub": "ada", "exp": SystemClock.now().timestamp() + 60});
    jsonwebtoken::encode(header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[test]
fn commands_are_logged_with_the_user_who_ran_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("directory.ndjson");
    std::fs::write(&file, r#"{"relation":{"object":"tenant","relation":"administrator","subject":"person:bo"}}"#).unwrap();
    let check = |arguments: &[&str], input: &str, expected: &[Value]| {
        let (printed, lines) = run(folder.path(), arguments, input);
        assert_eq!(lines.len(), expected.len(), "{arguments:?}: {lines:?}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(has_fields(line, expected) && line["tenant"] == "acme" && line["actor_kind"] == "operator", "{arguments:?}: {line}");
            assert!(line["actor"].as_str().unwrap().starts_with("uid "), "{line}");
        }
        printed
    };
    let done = |event: &str, subject: &str| json!({"event": event, "outcome": "done", "subject": subject});
    check(&["tenant", "add", "acme"], "", &[done("tenant_added", "acme")]);
    check(&["tenant", "set", "acme", "--retention", "7"], "", &[done("tenant_changed", "acme")]);
    check(&["person", "add", "acme", "ada"], "", &[json!({"event": "person_added", "subject": "ada", "detail": "administrator"})]);
    check(&["person", "add", "acme", "bo", "--reader"], "", &[json!({"event": "person_added", "subject": "bo", "detail": "reader"})]);
    check(&["person", "password", "acme", "ada"], PASSWORD, &[done("password_set", "ada")]);
    check(&["person", "link", "acme", "ada"], "", &[done("link_created", "ada")]);
    check(&["person", "token", "acme", "ada"], "", &[done("personal_token_created", "ada")]);
    check(&["key", "create", "acme", "k", "--scope", "read"], "", &[json!({"event": "key_created", "subject": "k", "detail": "read"})]);
    check(&["key", "create", "acme", "k"], "", &[json!({"event": "key_created", "outcome": "refused", "reason": "exists"})]);
    check(&["key", "revoke", "acme", "k"], "", &[done("key_revoked", "k")]);
    check(
        &["directory", "import", "acme", file.to_str().unwrap()],
        "",
        &[
            json!({"event": "role_begun", "subject": "person:bo", "detail": "tenant#administrator"}),
            json!({"event": "import", "outcome": "done"}),
        ],
    );
    check(&["directory", "export", "acme"], "", &[json!({"event": "export", "detail": "directory"})]);
    check(&["person", "administrator", "acme", "bo", "--revoke"], "", &[done("role_ended", "bo")]);
    check(
        &["person", "administrator", "acme", "ada", "--revoke"],
        "",
        &[json!({"event": "role_ended", "outcome": "refused", "reason": "last_administrator"})],
    );
    check(&["person", "disable", "acme", "bo"], "", &[done("person_disabled", "bo")]);
    check(&["person", "disable", "acme", "bo", "--revoke"], "", &[done("person_enabled", "bo")]);
    check(&["person", "remove", "acme", "bo"], "", &[done("person_removed", "bo")]);
    check(&["person", "list", "acme"], "", &[]);
}

#[tokio::test]
async fn changes_of_rights_are_logged_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let portal = run(data, &["tenant", "add", "acme"], "").0;
    for login in ["ada", "bo"] {
        run(data, &["person", "add", "acme", login], "");
    }
    run(data, &["person", "password", "acme", "ada"], PASSWORD);
    let link = run(data, &["person", "link", "acme", "bo"], "").0;
    let code = link.split_once("#link=").unwrap().1.to_owned();
    let admin = run(data, &["key", "create", "acme", "admin", "--scope", "admin"], "").0;
    let keeper = run(data, &["key", "create", "acme", "keeper", "--scope", "directory"], "").0;
    let server = LoggedServer::start(data);

    // All ways to sign in.
    let password = |password: &str| json!({"tenant": "acme", "login": "ada", "password": password});
    assert!(server.sign_in(password("wrong")).await.is_none());
    let ada = server.sign_in(password(PASSWORD)).await.unwrap();
    let bo = server.sign_in(json!({"link": code})).await.unwrap();
    assert!(server.sign_in(json!({"link": code})).await.is_none());
    // A secret in the wrong field does not reach the log.
    server.sign_in(json!({"tenant": "acme", "login": admin, "password": "x"})).await;
    let gravitee = "/gravitee/management/organizations/acme/user";
    for (given, status) in [("wrong", 401), (PASSWORD, 200)] {
        let login = server.call(Method::POST, &format!("{gravitee}/login")).basic_auth("ada", Some(given)).send().await.unwrap();
        assert_eq!(login.status(), status);
        if status == 200 {
            let token = login.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
            let out = server.call(Method::POST, &format!("{gravitee}/logout")).bearer_auth(&token).send().await.unwrap();
            assert_eq!(out.status(), 200);
        }
    }
    for (secret, status) in [(admin.as_str(), 200), ("cmp_nobody", 401)] {
        let client = json!({"clientId": "admin", "clientSecret": secret});
        let request = server.call(Method::POST, "/citrix/root/tokens/clients").header("accept", "application/json").json(&client);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    let ticket = server.fetch(Method::POST, "/events/ticket", &ada, None).await.1["ticket"].as_str().unwrap().to_owned();
    for status in [200, 401] {
        let export = server.call(Method::GET, &format!("/api/v1/inbox/export?format=csv&ticket={ticket}")).send().await.unwrap();
        assert_eq!(export.status(), status);
    }
    let critical = Header { crit: Some(vec!["exp".to_owned()]), ..Header::default() };
    for (token, status) in [
        ("cmp_nobody".to_owned(), 401),
        ("cms_nobody".to_owned(), 401),
        ("cmu_nobody".to_owned(), 401),
        (sign_portal_token("another", &Header::default()), 401),
        (sign_portal_token(&portal, &critical), 401),
        (sign_portal_token(&portal, &Header::default()), 403),
    ] {
        assert_eq!(server.fetch(Method::GET, "/keys", &token, None).await.0, status, "{token}");
    }

    // Rights, people, keys and settings.
    let role = json!({"object": "environment:DEFAULT", "relation": "ADMIN", "subject": "person:bo"});
    let administers = json!({"object": "tenant", "relation": "administrator", "subject": "person:bo"});
    let text = json!({"content": [{"language": "en", "title": "b"}]});
    let id =
        server.fetch(Method::POST, "/notifications", &ada, Some(json!({"to": [{"kind": "everyone"}], "content": text["content"]}))).await.1;
    let id = id["id"].as_str().unwrap().to_owned();
    for (method, path, token, body) in [
        (Method::POST, "/keys".to_owned(), &ada, Some(json!({"name": "new", "scopes": ["send"]}))),
        (Method::DELETE, "/keys/new".to_owned(), &ada, None),
        (Method::PUT, "/directory".to_owned(), &keeper, Some(json!({"relation": role}))),
        (Method::DELETE, "/directory".to_owned(), &keeper, Some(role)),
        (Method::PUT, "/directory".to_owned(), &keeper, Some(json!({"relation": administers}))),
        (Method::POST, "/members".to_owned(), &ada, Some(json!({"login": "cy"}))),
        (Method::PUT, "/members/cy".to_owned(), &ada, Some(json!({"name": "Cy"}))),
        (Method::PUT, "/members/cy/disabled".to_owned(), &ada, Some(json!({"disabled": true}))),
        (Method::PUT, "/members/cy/disabled".to_owned(), &ada, Some(json!({"disabled": false}))),
        (Method::POST, "/members/cy/link".to_owned(), &ada, None),
        (Method::DELETE, "/directory/people/cy".to_owned(), &ada, None),
        (Method::PUT, "/tenant/settings".to_owned(), &ada, Some(json!({}))),
        (Method::POST, "/directory/import".to_owned(), &admin, Some(json!({"people": [{"login": "di"}]}))),
        (Method::GET, "/directory/export".to_owned(), &keeper, None),
        (Method::PUT, format!("/notifications/{id}/content"), &ada, Some(text)),
        (Method::POST, format!("/notifications/{id}/recall"), &admin, None),
        (Method::DELETE, "/session".to_owned(), &bo, None),
    ] {
        let (status, answer) = server.fetch(method.clone(), &path, token, body).await;
        assert!(status < 300 || status == 403, "{method} {path}: {status} {answer}");
    }
    let done = |event: &str, subject: &str, by: &str| json!({"event": event, "outcome": "done", "tenant": "acme", "subject": subject, "actor": by, "client": "127.0.0.1"});
    let refused = |event: &str, reason: &str| json!({"event": event, "outcome": "refused", "reason": reason, "client": "127.0.0.1"});
    for expected in [
        json!({"event": "sign_in", "outcome": "refused", "reason": "credentials", "tenant": "acme", "subject": "ada", "detail": "password", "client": "127.0.0.1"}),
        json!({"event": "sign_in", "outcome": "done", "tenant": "acme", "subject": "ada", "detail": "password"}),
        json!({"event": "sign_in", "outcome": "done", "tenant": "acme", "actor": "bo", "detail": "link"}),
        json!({"event": "sign_in", "outcome": "refused", "detail": "link"}),
        json!({"event": "sign_in", "outcome": "refused", "subject": "(left out)"}),
        json!({"event": "sign_in", "outcome": "refused", "subject": "ada", "detail": "basic"}),
        json!({"event": "sign_in", "outcome": "done", "actor": "ada", "detail": "gravitee"}),
        json!({"event": "sign_out", "outcome": "done", "actor": "ada", "detail": "gravitee"}),
        json!({"event": "sign_out", "outcome": "done", "actor": "bo"}),
        json!({"event": "token_exchange", "outcome": "done", "actor_kind": "key", "actor": "admin", "client": "127.0.0.1"}),
        json!({"event": "token_exchange", "outcome": "refused", "subject": "admin"}),
        json!({"event": "ticket", "outcome": "done", "actor": "ada"}),
        refused("ticket", "unknown"),
        json!({"event": "export", "actor": "ada", "detail": "inbox"}),
        refused("api_key", "unknown"),
        refused("session", "unknown"),
        refused("personal_token", "unknown"),
        json!({"event": "portal_token", "outcome": "refused", "reason": "signature", "tenant": "acme"}),
        refused("portal_token", "critical_header"),
        json!({"event": "portal_token", "outcome": "refused", "reason": "bell_only", "tenant": "acme", "actor": "ada"}),
        done("key_created", "new", "ada"),
        done("key_revoked", "new", "ada"),
        done("role_begun", "person:bo", "keeper"),
        done("role_ended", "person:bo", "keeper"),
        json!({"event": "role_begun", "outcome": "refused", "reason": "forbidden", "actor": "keeper", "detail": "tenant#administrator"}),
        done("person_added", "cy", "ada"),
        done("person_changed", "cy", "ada"),
        done("person_disabled", "cy", "ada"),
        done("person_enabled", "cy", "ada"),
        done("link_created", "cy", "ada"),
        done("person_removed", "cy", "ada"),
        done("tenant_changed", "acme", "ada"),
        json!({"event": "import", "outcome": "done", "actor": "admin", "actor_kind": "key", "client": "127.0.0.1"}),
        json!({"event": "export", "outcome": "done", "actor": "keeper", "detail": "directory"}),
        done("correction", &id, "ada"),
        done("recall", &id, "admin"),
    ] {
        server.wait_for_line(&expected).await;
    }

    // Many refusals do not fill the log.
    let before = server.security_lines().len();
    let forged = sign_portal_token("another", &Header::default());
    for _ in 0..200 {
        assert_eq!(server.fetch(Method::GET, "/me", &forged, None).await.0, 401);
    }
    server.fetch(Method::PUT, "/tenant/settings", &ada, Some(json!({"retention_days": 3}))).await;
    server.fetch(Method::POST, "/keys", &ada, Some(json!({"name": "last", "scopes": ["read"]}))).await;
    server.wait_for_line(&json!({"event": "key_created", "subject": "last"})).await;
    assert!(server.security_lines().len() < before + 30, "{}", server.security_lines().len() - before);

    let log = serde_json::to_string(&*server.lines.lock().unwrap()).unwrap();
    for secret in SECRETS.into_iter().chain([portal.as_str(), &code, &admin, &keeper, &ada, &bo, &ticket]) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
