//! The Gravitee dialect, against the whole server and its store.

mod exchanges;

use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use campanile_domain::{Scope, Tenant, TenantSettings, model::access::Actor, record_rules};
use campanile_shared::directory::Record;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::Notify,
    time::{Instant, interval},
};

use tower::ServiceExt;

use crate::harness::{PATIENCE, Server};

/// A tenant with an environment, two APIs, applications, groups and people.
struct Gravitee {
    server: Server,
    tenant: Tenant,
    key: String,
}

const BASE: &str = "/gravitee/management/organizations/DEFAULT/environments/DEFAULT";

impl Gravitee {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    async fn with(settings: Value) -> Self {
        let server = Server::with(settings).await;
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant("acme", TenantSettings::default()).await.unwrap();
        let key = campanile.create_key(&tenant, "apim", &[Scope::Admin]).await.unwrap();
        let by = Actor::Sender(campanile.sender(&key).await.unwrap());
        let person = |login: &str| json!({"person": {"login": login, "email": format!("{login}@acme.example")}});
        let relation =
            |object: &str, relation: &str, subject: &str| json!({"relation": {"object": object, "relation": relation, "subject": subject}});
        for record in [
            person("ada"),
            person("bo"),
            person("cy"),
            person("di"),
            person("eve"),
            json!({"person": {"login": "fay"}}),
            json!({"object": {"object": "api:petstore", "name": "Petstore"}}),
            relation("tenant", "administrator", "person:ada"),
            relation("environment:DEFAULT", "ADMIN", "person:ada"),
            relation("environment:DEFAULT", "API_PUBLISHER", "person:ada"),
            relation("environment:DEFAULT", "USER", "person:bo"),
            relation("environment:DEFAULT", "USER", "person:fay"),
            relation("environment:DEFAULT", "api", "api:petstore"),
            relation("environment:DEFAULT", "api", "api:lonely"),
            relation("environment:DEFAULT", "ACTIVE", "application:shop"),
            relation("environment:DEFAULT", "ARCHIVED", "application:old"),
            relation("api:petstore", "ACCEPTED", "application:shop"),
            relation("api:petstore", "ACCEPTED", "application:old"),
            relation("api:petstore", "PENDING", "application:till"),
            relation("application:shop", "OWNER", "person:bo"),
            relation("application:shop", "PRIMARY_OWNER", "person:cy"),
            relation("application:till", "OWNER", "person:di"),
            relation("application:shop", "group", "group:g1"),
            relation("application:old", "group", "group:g2"),
            relation("group:g1", "OWNER", "person:eve"),
            relation("group:g1", "PRIMARY_OWNER", "person:eve"),
            relation("group:g2", "OWNER", "person:di"),
            relation("api:petstore", "subscribed_by", "person:di"),
            relation("api:petstore", "subscribed_by", "person:bo"),
        ] {
            let record: Record = serde_json::from_value(record).unwrap();
            assert!(record_rules::check_record(&record).is_empty());
            campanile.put_record(&by, record).await.unwrap();
        }
        Self { server, tenant, key }
    }

    async fn token(&self, login: &str) -> String {
        let campanile = &self.server.running.campanile;
        let person = campanile.store().find_person(self.tenant.id, login).await.unwrap().unwrap();
        campanile.create_personal_token(self.tenant.id, person, std::time::Duration::from_secs(3600)).await.unwrap().secret
    }

    async fn fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.server.http.request(method, self.server.url(path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.fetch(Method::POST, &format!("{BASE}{path}"), &self.key, Some(body)).await
    }

    /// Returns the titles of a person's notifications.
    async fn titles(&self, login: &str) -> Vec<String> {
        let token = self.token(login).await;
        let (status, list) = self.fetch(Method::GET, "/gravitee/management/organizations/DEFAULT/user/notifications", &token, None).await;
        assert_eq!(status, 200);
        list["data"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    }

    async fn stored_count(&self) -> usize {
        self.server.running.campanile.store().notifications(self.tenant.id, None, 1_000).await.unwrap().len()
    }
}

fn portal_message(scope: &str, roles: &[&str]) -> Value {
    json!({"channel": "portal", "title": "T", "text": "X", "recipient": {"role_scope": scope, "role_value": roles}, "unknown": 1})
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    assert_eq!(answer.1["http_status"], answer.0, "{answer:?}");
    (answer.0, answer.1["technicalCode"].as_str().unwrap())
}

#[tokio::test]
async fn roles_of_the_environment_count_each_person_once() {
    let gravitee = Gravitee::start().await;
    for (roles, people) in
        [(vec!["USER"], 2), (vec!["ADMIN", "API_PUBLISHER"], 1), (vec!["ADMIN", "USER", "NO_SUCH_ROLE"], 3), (vec!["NO_SUCH_ROLE"], 0)]
    {
        assert_eq!(gravitee.post("/messages", portal_message("ENVIRONMENT", &roles)).await, (200, json!(people)), "{roles:?}");
    }
    assert_eq!(gravitee.titles("bo").await, ["T", "T"]);
    // Any other combination reaches no one and is still recorded.
    let before = gravitee.stored_count().await;
    assert_eq!(gravitee.post("/messages", portal_message("APPLICATION", &["OWNER"])).await, (200, json!(0)));
    assert_eq!(gravitee.post("/apis/petstore/messages", portal_message("ENVIRONMENT", &["USER"])).await, (200, json!(0)));
    assert_eq!(gravitee.stored_count().await, before + 2);
    // A base path without organisation and environment uses the default ones.
    let short =
        gravitee.fetch(Method::POST, "/gravitee/management/messages", &gravitee.key, Some(portal_message("environment", &["USER"]))).await;
    assert_eq!(short, (200, json!(2)));
}

#[tokio::test]
async fn consumers_of_an_api_are_found_through_applications_and_groups() {
    let gravitee = Gravitee::start().await;
    for (roles, people) in [
        // Bo directly and Eve through the group. Di's application is pending and the other group's application is
        // archived, so neither counts.
        (vec!["OWNER"], 2),
        (vec!["PRIMARY_OWNER"], 1),
        (vec!["OWNER", "PRIMARY_OWNER"], 3),
        (vec!["API_SUBSCRIBERS"], 2),
        (vec!["API_SUBSCRIBERS", "OWNER"], 3),
        (vec!["USER"], 0),
    ] {
        assert_eq!(
            gravitee.post("/apis/petstore/messages", portal_message("APPLICATION", &roles)).await,
            (200, json!(people)),
            "{roles:?}"
        );
    }
    assert_eq!(gravitee.titles("cy").await, ["[Petstore] T", "[Petstore] T"]);
    assert_eq!(gravitee.post("/apis/lonely/messages", portal_message("APPLICATION", &["OWNER"])).await, (200, json!(0)));
}

#[tokio::test]
async fn errors_are_checked_in_gravitees_order() {
    let gravitee = Gravitee::start().await;
    for (path, body, expected) in [
        ("/messages", json!({}), (400, "message.empty")),
        ("/apis/nothing/messages", json!({"title": "", "text": ""}), (400, "message.empty")),
        ("/apis/nothing/messages", json!({"title": "T"}), (404, "api.notFound")),
        ("/messages", json!({"title": "T"}), (400, "message.recipient.invalid")),
        (
            "/messages",
            json!({"title": "T", "channel": "PORTAL", "recipient": {"role_scope": "ENVIRONMENT"}}),
            (400, "message.recipient.invalid"),
        ),
        (
            "/messages",
            json!({"title": "T", "channel": "PORTAL", "recipient": {"role_value": ["USER"]}}),
            (400, "message.recipient.invalid"),
        ),
        (
            "/messages",
            json!({"title": "T", "recipient": {"role_scope": "ENVIRONMENT", "role_value": ["USER"]}}),
            (400, "message.recipient.invalid"),
        ),
        ("/messages", json!({"title": "T", "channel": "HTTP", "recipient": {}}), (400, "message.recipient.invalid")),
        ("/messages", json!({"title": "T", "channel": "PIGEON"}), (400, "unexpected")),
        ("/messages", json!({"title": 7}), (400, "unexpected")),
        ("/nothing", json!({"title": "T"}), (404, "notFound")),
    ] {
        let answer = gravitee.post(path, body.clone()).await;
        assert_eq!(code(&answer), expected, "{path} {body}");
    }
    let none = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!(none.json::<Value>().await.unwrap()["technicalCode"], "message.empty");
    let anonymous = gravitee
        .server
        .http
        .post(gravitee.server.url(&format!("{BASE}/messages")))
        .json(&portal_message("ENVIRONMENT", &["USER"]))
        .send()
        .await;
    assert_eq!(anonymous.unwrap().status(), 401);
    let bo = gravitee.token("bo").await;
    let forbidden = gravitee.fetch(Method::POST, &format!("{BASE}/messages"), &bo, Some(portal_message("ENVIRONMENT", &["USER"]))).await;
    assert_eq!(code(&forbidden), (403, "forbidden"));
    let method = gravitee.fetch(Method::GET, &format!("{BASE}/messages"), &gravitee.key, None).await;
    assert_eq!(code(&method), (405, "methodNotAllowed"));
    assert_eq!(gravitee.stored_count().await, 0);
}

#[tokio::test]
async fn mail_counts_addresses_and_does_not_reach_inboxes() {
    let gravitee = Gravitee::start().await;
    let mut body = portal_message("ENVIRONMENT", &["USER"]);
    body["channel"] = json!("MAIL");
    assert_eq!(gravitee.post("/messages", body.clone()).await, (200, json!(1)));
    assert!(gravitee.titles("bo").await.is_empty());
    let store = gravitee.server.running.campanile.store();
    let bo = store.find_person(gravitee.tenant.id, "bo").await.unwrap().unwrap();
    store.end_all_mail(gravitee.tenant.id, bo).await.unwrap();
    assert_eq!(gravitee.post("/messages", body).await, (200, json!(0)), "people who unsubscribed are not counted");
}

#[tokio::test]
async fn texts_are_complete_and_only_portal_titles_name_the_api() {
    let gravitee = Gravitee::start().await;
    let text = "x".repeat(4_000);
    let mut body = portal_message("APPLICATION", &["OWNER"]);
    body["text"] = json!(text);
    gravitee.post("/apis/petstore/messages", body.clone()).await;
    let token = gravitee.token("bo").await;
    let (_, list) = gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await;
    assert_eq!((&list["data"][0]["title"], &list["data"][0]["message"]), (&json!("[Petstore] T"), &json!(text)));
    let (_, list) = gravitee.fetch(Method::GET, "/gravitee/portal/environments/DEFAULT/user/notifications", &token, None).await;
    assert_eq!(list["data"][0]["message"], text);
    body["channel"] = json!("MAIL");
    assert_eq!(gravitee.post("/apis/petstore/messages", body).await, (200, json!(2)));
    let newest = gravitee.server.running.campanile.store().notifications(gravitee.tenant.id, None, 1).await.unwrap();
    assert_eq!(newest[0].message.content[0].title, "T");
}

#[tokio::test]
async fn a_repeat_gets_the_first_response() {
    let gravitee = Gravitee::start().await;
    let once = async |path: &str, body: &Value| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}{path}"))).bearer_auth(&gravitee.key);
        let response = request.header("idempotency-key", "once").json(body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let body = portal_message("ENVIRONMENT", &["USER"]);
    assert_eq!(once("/messages", &body).await, (200, json!(2)));
    let store = gravitee.server.running.campanile.store();
    let fay = store.find_person(gravitee.tenant.id, "fay").await.unwrap().unwrap();
    store.remove_person(gravitee.tenant.id, fay).await.unwrap();
    assert_eq!(once("/messages", &body).await, (200, json!(2)));
    assert_eq!(gravitee.stored_count().await, 1);
    // The same body to an API is a different request.
    assert_eq!(once("/apis/petstore/messages", &body).await, (200, json!(0)));
    assert_eq!(gravitee.stored_count().await, 2);
}

#[tokio::test]
async fn a_repeated_post_waits_for_the_first_and_is_not_sent() {
    let (arrived, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let posts = Arc::new(Mutex::new(0));
    let receive = {
        let (arrived, answer, posts) = (arrived.clone(), answer.clone(), posts.clone());
        move || async move {
            *posts.lock().unwrap() += 1;
            arrived.notify_one();
            answer.notified().await;
            StatusCode::OK
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(receive))).await });
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let request = || {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        request.header("idempotency-key", "once").json(&body).send()
    };
    let first = tokio::spawn(request());
    tokio::time::timeout(PATIENCE, arrived.notified()).await.expect("the first request is sent");
    let early = request().await.unwrap();
    assert_eq!(
        (early.status(), early.json::<Value>().await.unwrap()["technicalCode"].clone()),
        (StatusCode::CONFLICT, json!("idempotencyKey.inUse"))
    );
    answer.notify_one();
    let first = first.await.unwrap().unwrap();
    assert_eq!((first.status(), first.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    let late = request().await.unwrap();
    assert_eq!((late.status(), late.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    assert_eq!(*posts.lock().unwrap(), 1);
}

/// A dropped request leaves the same state as a process that died during the request.
#[tokio::test]
async fn a_repeat_resumes_an_interrupted_request() {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let arrived = Arc::new(Notify::new());
    let receive = {
        let (ids, arrived) = (ids.clone(), arrived.clone());
        move |headers: axum::http::HeaderMap| async move {
            let first = {
                let mut ids = ids.lock().unwrap();
                ids.push(headers["webhook-id"].clone());
                ids.len() == 1
            };
            if first {
                arrived.notify_one();
                std::future::pending::<()>().await;
            }
            StatusCode::OK
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(receive))).await });
    // The attempt lasts longer than the test.
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"], "timeout": 60}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let request = || {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        request.header("idempotency-key", "once").json(&body).send()
    };
    // Calls the service directly: over a connection, a client that closes its side may still wait for the response.
    let first = axum::http::Request::post(format!("{BASE}/messages"))
        .header("authorization", format!("Bearer {}", gravitee.key))
        .header("content-type", "application/json")
        .header("idempotency-key", "once")
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    let first = tokio::spawn(campanile_server::router::router(gravitee.server.running.app.clone()).oneshot(first));
    tokio::time::timeout(PATIENCE, arrived.notified()).await.expect("the first request is sent");
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(std::time::Duration::from_millis(20)));
    let repeat = loop {
        // Repeats until the server has noticed that the first request was dropped.
        let repeat = request().await.unwrap();
        if repeat.status() != StatusCode::CONFLICT {
            break repeat;
        }
        assert!(Instant::now() < deadline, "the repeat still waits for the dropped request");
        pause.tick().await;
    };
    assert_eq!((repeat.status(), repeat.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    assert_eq!(request().await.unwrap().status(), StatusCode::OK);
    let ids = ids.lock().unwrap();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_post_is_sent_within_the_request() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let recorder = received.clone();
    let answer = move |headers: axum::http::HeaderMap, body: String| {
        recorder.lock().unwrap().push((headers, body));
        async { StatusCode::ACCEPTED }
    };
    let refuse = || async { (StatusCode::IM_A_TEAPOT, "no coffee") };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/ok", post(answer)).route("/tea", post(refuse))).await });
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = |path: &str, params: Value| json!({"channel": "http", "text": "{\"a\":1}", "recipient": {"url": format!("{url}{path}")}, "params": params});
    assert_eq!(gravitee.post("/messages", body("/ok?x=1", json!({"X-A": "b"}))).await, (200, json!(1)));
    {
        let received = received.lock().unwrap();
        assert_eq!((received.len(), received[0].1.as_str(), received[0].0["x-a"].to_str().unwrap()), (1, "{\"a\":1}", "b"));
        assert_eq!(received[0].0["content-type"], "application/json");
    }
    let mut loose = body("/ok", json!({"X-Num": 5, "X-Flag": true, "X-None": null}));
    loose["useSystemProxy"] = Value::Null;
    assert_eq!(gravitee.post("/messages", loose).await, (200, json!(1)));
    {
        let (headers, _) = received.lock().unwrap().pop().unwrap();
        assert_eq!((&headers["x-num"], &headers["x-flag"], headers.get("x-none")), (&"5".parse().unwrap(), &"true".parse().unwrap(), None));
    }
    let failed = gravitee.post("/messages", body("/tea", json!({}))).await;
    assert_eq!(code(&failed), (500, "unexpected"));
    assert!(failed.1["message"].as_str().unwrap().contains("418"), "{failed:?}");
    for (name, value) in [("X-A", "b\r\nC: d"), ("X-A", "b\n"), ("X-A", "b\u{0}"), ("X-A\r", "b"), ("Host", "b"), ("Connection", "close")] {
        let broken = gravitee.post("/messages", body("/ok", json!({name: value}))).await;
        assert_eq!(code(&broken), (400, "unexpected"), "{name:?} {value:?}");
    }
    for title in ["Hello\r\nBcc: z@example.com", "Hello\n", "Hello\u{0}"] {
        let recipient = json!({"role_scope": "ENVIRONMENT", "role_value": ["ADMIN"]});
        let mail = json!({"channel": "MAIL", "title": title, "text": "T", "recipient": recipient});
        assert_eq!(code(&gravitee.post("/messages", mail).await), (400, "unexpected"), "{title:?}");
    }
    let mut proxied = body("/ok", json!({}));
    proxied["useSystemProxy"] = json!(true);
    let proxied = gravitee.post("/messages", proxied).await;
    assert_eq!(code(&proxied), (500, "unexpected"), "the proxy does not exist");
    assert_eq!(proxied.1["parameters"], json!({"url": format!("{url}/ok"), "message": "no system proxy is configured"}));
    assert_eq!(received.lock().unwrap().len(), 1);

    let strict = Gravitee::start().await;
    assert_eq!(code(&strict.post("/messages", body("/ok", json!({}))).await), (400, "messageUrl.forbidden"));
    let listed = Gravitee::with(json!({"gravitee": {"allow_urls": ["https://hooks.example/a/"]}})).await;
    assert_eq!(code(&listed.post("/messages", body("/ok", json!({}))).await), (400, "messageUrl.forbidden"));
    let off = Gravitee::with(json!({"gravitee": {"http": false}})).await;
    assert_eq!(code(&off.post("/messages", body("/ok", json!({}))).await), (400, "notifier.disabled"));
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_gone_url_is_disabled_until_it_is_retried() {
    let posts = Arc::new(Mutex::new(0));
    let receive = {
        let posts = posts.clone();
        move || async move {
            let mut posts = posts.lock().unwrap();
            *posts += 1;
            if *posts == 1 { StatusCode::GONE } else { StatusCode::OK }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(receive))).await });
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let send = async |key: &'static str| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        let response = request.header("idempotency-key", key).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let first = send("first").await;
    assert_eq!(code(&first), (500, "unexpected"));
    assert!(first.1["message"].as_str().unwrap().contains("410"), "{first:?}");
    let second = send("second").await;
    assert_eq!(code(&second), (500, "unexpected"));
    assert_eq!((send("first").await, send("second").await), (first, second), "repeats get the same response");
    assert_eq!(*posts.lock().unwrap(), 1);
    // An explicit redelivery makes a new attempt.
    let store = gravitee.server.running.campanile.store();
    let newest = store.notifications(gravitee.tenant.id, None, 1).await.unwrap().items.remove(0);
    let again = format!("/api/v1/notifications/{}/redeliver", newest.id);
    assert!(gravitee.fetch(Method::POST, &again, &gravitee.key, None).await.0 < 300);
    assert_eq!(send("third").await, (200, json!(1)));
}

#[tokio::test]
async fn a_person_lists_and_deletes_their_notifications() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let path = "/gravitee/management/organizations/DEFAULT/user/notifications";
    let empty = gravitee.fetch(Method::GET, path, &bo, None).await;
    assert_eq!(empty, (200, json!({"data": [], "page": {"current": 1, "per_page": 0, "size": 0, "total_pages": 0, "total_elements": 0}})));
    for title in ["first", "second", "third"] {
        let mut body = portal_message("ENVIRONMENT", &["USER"]);
        body["title"] = json!(title);
        gravitee.post("/messages", body).await;
    }
    let (_, list) = gravitee.fetch(Method::GET, path, &bo, None).await;
    assert_eq!(list["page"], json!({"current": 1, "per_page": 3, "size": 3, "total_pages": 1, "total_elements": 3}));
    assert_eq!((&list["data"][0]["title"], &list["data"][0]["message"]), (&json!("first"), &json!("X")));
    assert!(list["data"][0]["created_at"].as_i64().unwrap() > 1_700_000_000_000);
    let portal = |query: &str| format!("/gravitee/portal/environments/DEFAULT/user/notifications{query}");
    for (query, titles) in [
        ("", vec!["third", "second", "first"]),
        ("?size=2", vec!["third", "second"]),
        ("?page=2&size=2", vec!["first"]),
        ("?size=-1", vec!["third", "second", "first"]),
        ("?size=0", vec![]),
    ] {
        let (status, page) = gravitee.fetch(Method::GET, &portal(query), &bo, None).await;
        let found: Vec<_> = page["data"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!((status, found), (200, titles), "{query}");
        // A list of all items has no pages.
        let own = if query == "?size=-1" { Value::Null } else { json!(gravitee.server.url(&portal(query))) };
        assert_eq!(page["links"]["self"], own, "{query}");
    }
    assert_eq!(gravitee.fetch(Method::GET, &portal("?size=-2"), &bo, None).await.0, 400);
    // Ids are case-insensitive. A person can delete only their own notifications.
    let first = list["data"][0]["id"].as_str().unwrap().to_uppercase();
    assert_eq!(gravitee.fetch(Method::DELETE, &format!("{path}/{first}"), &bo, None).await.0, 204);
    let again = gravitee.fetch(Method::DELETE, &format!("{path}/{first}"), &bo, None).await;
    assert_eq!(code(&again), (404, "notification.portal.notFound"));
    assert_eq!(again.1["message"], format!("Portal notification [{first}] cannot be found."));
    assert_eq!(gravitee.fetch(Method::DELETE, path, &bo, None).await.0, 204);
    assert!(gravitee.titles("bo").await.is_empty());
    assert_eq!(gravitee.titles("fay").await.len(), 3);
}

#[tokio::test]
async fn people_get_a_token_for_their_password() {
    let gravitee = Gravitee::start().await;
    let campanile = &gravitee.server.running.campanile;
    let bo = campanile.store().find_person(gravitee.tenant.id, "bo").await.unwrap().unwrap();
    campanile.set_password(gravitee.tenant.id, bo, "correct horse").await.unwrap();
    let login = |user: &'static str, password: &'static str| {
        let url = gravitee.server.url("/gravitee/management/organizations/DEFAULT/user/login");
        gravitee.server.http.post(url).basic_auth(user, Some(password)).send()
    };
    assert_eq!(login("bo", "wrong").await.unwrap().status(), 401);
    for user in ["bo", "acme/bo"] {
        let answer: Value = login(user, "correct horse").await.unwrap().json().await.unwrap();
        assert_eq!(answer["type"], "BEARER");
        let token = answer["token"].as_str().unwrap().to_owned();
        assert_eq!(gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await.0, 200);
        assert_eq!(gravitee.fetch(Method::POST, "/gravitee/management/user/logout", &token, None).await.0, 200);
        assert_eq!(gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await.0, 401);
    }
    // A changed password invalidates the cached one.
    let with = |password: &'static str| {
        gravitee.server.http.get(gravitee.server.url("/gravitee/management/user/notifications")).basic_auth("bo", Some(password)).send()
    };
    assert_eq!(with("correct horse").await.unwrap().status(), 200);
    campanile.set_password(gravitee.tenant.id, bo, "battery staple").await.unwrap();
    assert_eq!(with("correct horse").await.unwrap().status(), 401);
    let (_, roles) = gravitee
        .fetch(Method::GET, "/gravitee/management/organizations/DEFAULT/configuration/rolescopes/ENVIRONMENT/roles", &gravitee.key, None)
        .await;
    let names: Vec<_> = roles.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ADMIN", "API_PUBLISHER", "USER"]);
}

#[tokio::test]
async fn the_portal_api_has_its_own_errors_and_sign_in() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let portal = "/gravitee/portal/environments/DEFAULT";
    let error = |answer: &(u16, Value)| {
        let error = &answer.1["errors"][0];
        assert_eq!(error["status"], answer.0.to_string(), "{answer:?}");
        (answer.0, error["code"].as_str().unwrap().to_owned())
    };
    let unknown = "0192f0c1-2d33-7000-8000-000000000000";
    let gone = gravitee.fetch(Method::DELETE, &format!("{portal}/user/notifications/{unknown}"), &bo, None).await;
    assert_eq!(error(&gone), (404, "errors.notification.portal.notFound".to_owned()));
    assert_eq!(gone.1["errors"][0]["parameters"]["notification"], unknown);
    let nothing = gravitee.fetch(Method::GET, &format!("{portal}/nothing"), &bo, None).await;
    assert_eq!(error(&nothing).0, 404);
    let stranger = gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), "nonsense", None).await;
    assert_eq!(error(&stranger), (401, "errors.unauthorized".to_owned()));
    let campanile = &gravitee.server.running.campanile;
    let person = campanile.store().find_person(gravitee.tenant.id, "bo").await.unwrap().unwrap();
    campanile.set_password(gravitee.tenant.id, person, "a long passphrase of bo").await.unwrap();
    let login = |path: &str| gravitee.server.http.post(gravitee.server.url(path)).basic_auth("bo", Some("a long passphrase of bo"));
    let answer = login(&format!("{portal}/auth/login")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((answer["token_type"].as_str(), answer.as_object().unwrap().len()), (Some("BEARER"), 2), "{answer}");
    let token = answer["token"].as_str().unwrap();
    assert_eq!(gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), token, None).await.0, 200);
    assert_eq!(gravitee.fetch(Method::POST, &format!("{portal}/auth/logout"), token, None).await.0, 200);
    assert_eq!(gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), token, None).await.0, 401);
}

#[tokio::test]
async fn bodies_are_json_of_limited_size_and_may_omit_the_title() {
    let gravitee = Gravitee::start().await;
    let post = |kind: &'static str, body: Vec<u8>| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        async move { request.header("content-type", kind).body(body).send().await.unwrap() }
    };
    let body = |changes: Value| {
        let mut body = portal_message("ENVIRONMENT", &["USER"]);
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body.to_string().into_bytes()
    };
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/problem+json", ""] {
        assert_eq!(post(kind, body(json!({}))).await.status(), 415, "{kind}");
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &body(json!({"title": null, "text": "Only a text"}))].concat();
    assert_eq!(post("application/json; charset=utf-8", marked).await.status(), 200, "a byte order mark is skipped");
    assert_eq!(gravitee.titles("bo").await, [""]);
    for changes in [json!({"title": "x".repeat(16_001)}), json!({"text": "x".repeat(64_001)})] {
        let answer = post("application/json", body(changes)).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json::<Value>().await.unwrap()["technicalCode"], "message.tooLong");
    }
    let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
    let packed = request.header("content-type", "application/json").header("content-encoding", "gzip").body(body(json!({})));
    assert_eq!(packed.send().await.unwrap().status(), 415);
    let wrong = gravitee.server.http.put(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "POST"));
    let list = gravitee.server.url("/gravitee/management/user/notifications");
    let wrong = gravitee.server.http.put(list).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD, DELETE"));
}

#[tokio::test]
async fn portal_pages_outside_the_list_are_refused() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let path = "/gravitee/portal/environments/DEFAULT/user/notifications";
    let ask = async |query: &str| gravitee.fetch(Method::GET, &format!("{path}{query}"), &bo, None).await;
    let refused = async |query: &str| {
        let (status, answer) = ask(query).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("errors.pagination.invalid")), "{query} {answer}");
    };
    let (status, empty) = ask("").await;
    assert_eq!((status, empty["links"].as_object().unwrap().len()), (200, 1), "{empty}");
    for _ in 0..5 {
        assert_eq!(gravitee.post("/messages", portal_message("ENVIRONMENT", &["USER"])).await.0, 200);
    }
    for query in ["?page=0", "?page=-1", "?page=2", "?page=4&size=2", "?page=9223372036854775807", "?size=-2"] {
        refused(query).await;
    }
    let links = async |query: &str| ask(query).await.1["links"].clone();
    let link = |query: &str| json!(gravitee.server.url(&format!("{path}{query}")));
    let (first, last) = (link("?size=2&page=1"), link("?size=2&page=3"));
    let own = link("?page=1&size=2");
    assert_eq!(links("?page=1&size=2").await, json!({"self": own, "first": first, "next": link("?size=2&page=2"), "last": last}));
    let own = link("?page=2&size=2");
    assert_eq!(links("?page=2&size=2").await, json!({"self": own, "first": first, "prev": first, "next": last, "last": last}));
    let own = link("?page=3&size=2");
    assert_eq!(links("?page=3&size=2").await, json!({"self": own, "first": first, "prev": link("?size=2&page=2"), "last": last}));
    let (_, all) = ask("?size=-1").await;
    assert_eq!((all["data"].as_array().unwrap().len(), &all["metadata"], &all["links"]), (5, &json!({"data": {"total": 5}}), &Value::Null));
    let (_, none) = ask("?size=0").await;
    assert_eq!((none["data"].as_array().unwrap().len(), &none["metadata"]["data"]["total"]), (0, &json!(5)));
}

#[tokio::test]
async fn gravitees_console_may_call_from_an_allowed_origin() {
    let origin = "https://console.example";
    let gravitee = Gravitee::with(json!({"console": {"origins": [origin]}})).await;
    let url = gravitee.server.url(&format!("{BASE}/messages"));
    let preflight = |origin: &'static str| {
        let request =
            gravitee.server.http.request(Method::OPTIONS, &url).header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,content-type,if-match,x-requested-with,x-xsrf-token").send()
    };
    let answer = preflight(origin).await.unwrap();
    let admitted = answer.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
    for name in ["authorization", "content-type", "if-match", "x-requested-with", "x-xsrf-token"] {
        assert!(admitted.contains(name), "{name} is not in {admitted}");
    }
    assert_eq!(answer.headers()["access-control-allow-origin"], origin);
    assert!(preflight("https://other.example").await.unwrap().headers().get("access-control-allow-origin").is_none());
}
