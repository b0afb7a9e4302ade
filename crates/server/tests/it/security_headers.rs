//! Security headers of every response, the admin listener, and rate limits of people and keys.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::harness::{Server, read_until};

/// One request of every kind: our API, dialects, files, pages, probes, and errors of each.
const REQUESTS: [(&str, &str, u16); 25] = [
    ("GET", "/", 0),
    ("GET", "/inbox", 0),
    ("GET", "/campanile.js", 0),
    ("POST", "/", 405),
    ("GET", "/nowhere.js", 404),
    ("GET", "/a/b/c", 404),
    ("GET", "/x%2f..%2f..", 404),
    ("GET", "/livez", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("POST", "/metrics", 405),
    ("GET", "/unsubscribe?token=x", 200),
    ("POST", "/unsubscribe?token=x", 404),
    ("GET", "/api/v1/docs", 200),
    ("GET", "/api/v1/docs.css", 200),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/me", 401),
    ("GET", "/api/v1/events", 401),
    ("GET", "/api/v1/nowhere", 404),
    ("PATCH", "/api/v1/me", 405),
    ("OPTIONS", "/api/v1/me", 200),
    ("POST", "/citrix/acme/notifications/items", 401),
    ("GET", "/gravitee/management/organizations/DEFAULT/user/notifications", 401),
    ("POST", "/mykaarma/department/a/user/b/notify", 401),
    ("GET", "/selfcommunity/api/v2/notification", 401),
];

fn header_value<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    let values: Vec<_> = response.headers().get_all(name).iter().collect();
    assert!(values.len() < 2, "{name} occurs once: {values:?}");
    values.first().map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_response_has_nosniff() {
    let server = Server::start().await;
    for (method, path, expected) in REQUESTS {
        let request = server.http.request(method.parse().unwrap(), server.url(path)).header("accept", "text/html");
        let response = request.header("origin", "https://portal.example").send().await.unwrap();
        let status = response.status().as_u16();
        assert!(expected == 0 || status == expected, "{method} {path}: {status}");
        assert_eq!(header_value(&response, "x-content-type-options"), Some("nosniff"), "{method} {path}");
        assert_eq!(header_value(&response, "strict-transport-security"), None, "{method} {path}");
    }
    let token = server.sign_in("acme").await;
    let mut stream = server.connect().await;
    let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_until(&mut stream, "event: hello").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("x-content-type-options: nosniff\r\n"), "{head}");
    let large = server.http.post(server.url("/api/v1/session")).header("content-type", "application/json").body(vec![b'x'; 2 << 20]);
    let large = large.send().await.unwrap();
    assert_eq!((large.status().as_u16(), header_value(&large, "x-content-type-options")), (413, Some("nosniff")));
    let bound = Server::with(json!({"hosts": {"n.example": "citrix"}})).await;
    let answer = bound.get("/acme/notifications").header("host", "n.example").send().await.unwrap();
    assert_eq!(header_value(&answer, "x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_public_https_url_turns_on_hsts() {
    let server = Server::with(json!({"server": {"public_url": "HTTPS://n.example/below"}})).await;
    for (method, path, _) in REQUESTS {
        let response = server.http.request(method.parse().unwrap(), server.url(path)).send().await.unwrap();
        assert_eq!(header_value(&response, "strict-transport-security"), Some("max-age=31536000"), "{method} {path}");
    }
}

#[tokio::test]
async fn operator_pages_can_move_to_an_admin_listener() {
    let settings = json!({"server": {"admin_listen": "127.0.0.1:0", "public_url": "https://n.example"}});
    let server = Server::with(settings).await;
    let admin = server.running.admin_address.unwrap();
    assert_ne!(admin, server.running.address);
    let there = |method: Method, path: &str| server.http.request(method, format!("http://{admin}{path}")).send();
    for path in ["/metrics", "/api/v1/docs", "/api/v1/docs.css", "/api/v1/openapi.json"] {
        assert_eq!(server.get(path).send().await.unwrap().status(), 404, "{path}");
        let response = there(Method::GET, path).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header_value(&response, "x-content-type-options"), Some("nosniff"), "{path}");
        // The admin listener is not behind a TLS proxy.
        assert_eq!(header_value(&response, "strict-transport-security"), None, "{path}");
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(server.get(path).send().await.unwrap().status(), 200, "{path}");
        assert_eq!(there(Method::GET, path).await.unwrap().status(), 200, "{path}");
    }
    let (brief, whole): (Value, Value) = (
        server.get("/readyz").send().await.unwrap().json().await.unwrap(),
        there(Method::GET, "/readyz").await.unwrap().json().await.unwrap(),
    );
    assert_eq!(brief, json!({"status": "ok"}));
    assert!(whole["status"] == "ok" && whole["tasks"].is_array(), "{whole}");
    // The admin listener serves nothing else.
    for path in ["/", "/api/v1/me", "/api/v1/session", "/citrix/acme/notifications", "/unsubscribe?token=x"] {
        let response = there(Method::GET, path).await.unwrap();
        assert_eq!((response.status().as_u16(), header_value(&response, "x-content-type-options")), (404, Some("nosniff")), "{path}");
    }
    assert_eq!(there(Method::POST, "/metrics").await.unwrap().status(), 405);
    let counted = there(Method::GET, "/metrics").await.unwrap().text().await.unwrap();
    assert!(counted.contains("campanile_http_request_duration_seconds_count"), "{counted}");
    server.running.stop().await;
    let deadline = tokio::time::Instant::now() + crate::harness::PATIENCE;
    while tokio::net::TcpStream::connect(admin).await.is_ok() {
        assert!(tokio::time::Instant::now() < deadline, "the admin listener still accepts connections");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rate_limited_people_and_keys_get_retry_after() {
    let server = Server::with(json!({"limits": {"person_requests_per_second": 1, "person_request_burst": 4}})).await;
    let (ada, stranger) = (server.sign_in("acme").await, server.sign_in("other").await);
    let me = |token: String| {
        let request = server.get("/api/v1/me").bearer_auth(token);
        async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.headers().contains_key("retry-after"))
        }
    };
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(me(ada.clone()).await);
    }
    assert_eq!(answers[..4], [(200, false); 4]);
    assert!(answers.contains(&(429, true)), "{answers:?}");
    assert_eq!(me(stranger.clone()).await, (200, false), "each person has their own limit");

    let make = |body: Value| server.http.post(server.url("/api/v1/keys")).bearer_auth(&stranger).json(&body).send();
    let refused = make(json!({"name": "slow", "scopes": ["read"], "requests_per_second": 0})).await.unwrap();
    assert_eq!(refused.status(), 422);
    let made: Value = make(json!({"name": "slow", "scopes": ["read"], "requests_per_second": 2})).await.unwrap().json().await.unwrap();
    let key = made["secret"].as_str().unwrap().to_owned();
    let mut answers = Vec::new();
    for _ in 0..8 {
        let response = server.get("/api/v1/notifications").bearer_auth(&key).send().await.unwrap();
        answers.push((response.status().as_u16(), response.headers().contains_key("retry-after")));
    }
    assert_eq!(answers[..2], [(200, false); 2]);
    assert!(answers.contains(&(429, true)), "{answers:?}");
    let tenant = server.running.store.tenant("other").await.unwrap().unwrap();
    let keys = server.running.store.keys(tenant.id, None, 9).await.unwrap();
    assert_eq!(keys[0].requests_per_second.map(std::num::NonZeroU32::get), Some(2));
}
