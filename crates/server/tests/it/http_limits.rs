//! HTTP connections, request limits, cross-origin requests and virtual hosts.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::harness::{Server, read_to_end, read_until};

const PORTAL: &str = "https://portal.example";

fn header_value<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn problem(response: Response) -> Value {
    assert_eq!(header_value(&response, "content-type"), "application/problem+json");
    response.json().await.unwrap()
}

/// The text of a request for the event stream.
fn events(token: &str) -> String {
    format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n")
}

#[tokio::test]
async fn a_stream_is_counted_while_its_client_is_connected() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    let mut stream = server.connect().await;
    stream.write_all(events(&token).as_bytes()).await.unwrap();
    let head = read_until(&mut stream, "event: hello").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    for line in ["content-type: text/event-stream\r\n", "cache-control: no-store\r\n", "connection: close\r\n", " GMT\r\n"] {
        assert!(head.contains(line), "{line} is not in {head}");
    }
    server.wait_for_metric("campanile_event_streams 1").await;
    let draft = json!({"to": [{"kind": "everyone"}], "severity": "warning", "content": [{"language": "en", "title": "Disk"}]});
    let sent = server.http.post(server.url("/api/v1/notifications")).bearer_auth(&token).json(&draft).send().await.unwrap();
    assert_eq!(sent.status(), 201, "{}", sent.text().await.unwrap());
    read_until(&mut stream, "event: arrived").await;
    server.wait_for_metric("campanile_delivery_seconds_count 1").await;
    drop(stream);
    server.wait_for_metric("campanile_event_streams 0").await;
}

#[tokio::test]
async fn a_stream_may_follow_other_requests_on_its_connection() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    let mut connection = server.connect().await;
    connection.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    read_until(&mut connection, "{\"status\":\"ok\"}").await;
    // Both requests are sent at once, as a pipelining client does.
    let both = format!("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n{}", events(&token));
    connection.write_all(both.as_bytes()).await.unwrap();
    let response_text = read_until(&mut connection, "event: hello").await;
    assert_eq!(response_text.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{response_text}");
    assert!(response_text.find("{\"status\":\"ok\"}") < response_text.find("event: hello"), "{response_text}");
}

#[tokio::test]
async fn a_stopping_server_ends_streams_and_finishes_requests() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    let (mut stream, mut sending, mut idle) = (server.connect().await, server.connect().await, server.connect().await);
    stream.write_all(events(&token).as_bytes()).await.unwrap();
    read_until(&mut stream, "event: hello").await;
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    read_until(&mut idle, "ok").await;
    let body = "{\"link\":\"none\"}";
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    sending.write_all(head.as_bytes()).await.unwrap();
    // The handler is now waiting for the body.
    read_until(&mut sending, "100 Continue").await;

    let address = server.running.address;
    let stopping = tokio::spawn(server.running.stop());
    assert!(read_to_end(&mut stream).await.contains("retry: "), "the stream sends a retry delay");
    assert_eq!(read_to_end(&mut idle).await, "");
    sending.write_all(body.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut sending).await;
    assert!(answer.contains("HTTP/1.1 401 "), "{answer}");
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_large_body_is_refused_with_a_response() {
    let server = Server::start().await;
    let body = "x".repeat(8 * 1024 * 1024);
    let request = server.http.post(server.url("/api/v1/session")).header("content-type", "application/json").body(body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(problem(response).await["type"], "/problems/too-large");
}

#[tokio::test]
async fn a_large_head_is_refused() {
    let server = Server::start().await;
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(64 * 1024));
    let answer = server.exchange(request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn unknown_methods_and_paths_get_problem_responses() {
    let server = Server::start().await;
    for (method, path, allowed) in [
        (Method::PATCH, "/api/v1/me", "GET"),
        (Method::POST, "/livez", "GET"),
        (Method::PUT, "/metrics", "GET"),
        (Method::POST, "/", "GET"),
    ] {
        let response = server.http.request(method.clone(), server.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method} {path}");
        assert!(header_value(&response, "allow").contains(allowed), "{path}: {:?}", response.headers());
        assert_eq!(problem(response).await["type"], "/problems/method");
    }
    for path in ["/api/v1/nothing", "/api/v2/me", "/livez/x"] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(problem(response).await["type"], "/problems/not-found");
    }
}

#[tokio::test]
async fn only_allowed_origins_may_call() {
    let server = Server::with(json!({"console": {"origins": ["https://Portal.example/"]}})).await;
    let preflight = |origin: &'static str, path: &str, method: &'static str, headers: &'static str| {
        let request = server.http.request(Method::OPTIONS, server.url(path)).header("origin", origin);
        request.header("access-control-request-method", method).header("access-control-request-headers", headers).send()
    };
    for (path, method, headers) in [
        ("/api/v1/inbox/changes", "POST", "authorization, content-type, idempotency-key"),
        ("/api/v1/events", "GET", "authorization, last-event-id"),
        ("/citrix/acme/notifications/items", "POST", "authorization, content-type"),
    ] {
        let response = preflight(PORTAL, path, method, headers).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        assert_eq!(header_value(&response, "access-control-allow-origin"), PORTAL, "{path}");
        assert!(header_value(&response, "access-control-allow-methods").contains(method));
        let allowed = header_value(&response, "access-control-allow-headers");
        assert!(headers.split(", ").all(|header| allowed.contains(header)), "{allowed}");
        assert_eq!(header_value(&response, "access-control-max-age"), "3600");
        assert_eq!(header_value(&response, "access-control-allow-credentials"), "", "credentials are not allowed");
        let response = preflight("https://other.example", path, method, headers).await.unwrap();
        assert_eq!(header_value(&response, "access-control-allow-origin"), "", "{path}");
    }
    let response = server.get("/api/v1/me").header("origin", PORTAL).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(header_value(&response, "access-control-allow-origin"), PORTAL);
    assert!(header_value(&response, "vary").contains("origin"));
    assert!(header_value(&response, "access-control-expose-headers").contains("retry-after"));
}

#[tokio::test]
async fn a_virtual_host_serves_its_dialect_at_the_root() {
    let server = Server::with(json!({"hosts": {"notifications.example": "citrix"}})).await;
    let post = |host: &'static str| {
        let request = server.http.post(server.url("/acme/notifications/items")).header("host", host);
        request.header("content-type", "application/json").body("{}").send()
    };
    for host in ["notifications.example", "Notifications.Example:8080"] {
        let response = post(host).await.unwrap();
        assert_eq!(response.status(), 401, "{host}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["type"], "https://errors-api.cloud.com/common/authentication");
    }
    assert_eq!(post("other.example").await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_request_needs_exactly_one_valid_host() {
    let server = Server::start().await;
    for (head, status) in [
        ("Host: a\r\n", 200),
        ("Host: a:8080\r\n", 200),
        ("Host: [::1]:8080\r\n", 200),
        ("", 400),
        ("Host: a\r\nHost: a\r\n", 400),
        ("Host: a\r\nHost: b\r\n", 400),
        ("Host:\r\n", 400),
        ("Host: a b\r\n", 400),
        ("Host: u@a\r\n", 400),
        ("Host: a/b\r\n", 400),
        ("Host: a:99999\r\n", 400),
    ] {
        let response_text = server.exchange(format!("GET /livez HTTP/1.1\r\n{head}Connection: close\r\n\r\n").as_bytes()).await;
        assert!(response_text.starts_with(&format!("HTTP/1.1 {status} ")), "{head:?} {response_text}");
    }
    let response_text = server.exchange(b"GET /livez HTTP/1.0\r\n\r\n").await;
    assert!(response_text.starts_with("HTTP/1.0 200 "), "HTTP/1.0 needs no Host: {response_text}");
}

#[tokio::test]
async fn a_client_that_half_closes_gets_its_response() {
    let server = Server::start().await;
    let body = "{\"link\":\"none\"}";
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut connection = server.connect().await;
    connection.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    connection.shutdown().await.unwrap();
    let response_text = read_to_end(&mut connection).await;
    assert!(response_text.starts_with("HTTP/1.1 401 "), "{response_text}");
}

#[tokio::test]
async fn bodies_may_begin_with_a_byte_order_mark_and_are_not_compressed() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    let draft = br#"{"to": [{"kind": "everyone"}], "severity": "warning", "content": [{"language": "en", "title": "Disk"}]}"#;
    let marked = [b"\xef\xbb\xbf".as_slice(), draft].concat();
    let send = |body: Vec<u8>, coding: &'static str| {
        let request = server.http.post(server.url("/api/v1/notifications")).bearer_auth(&token);
        let request = request.header("content-type", "application/json").header("content-encoding", coding);
        async move { request.body(body).send().await.unwrap() }
    };
    assert_eq!(send(marked.clone(), "identity").await.status(), 201);
    assert_eq!(send(draft.to_vec(), "").await.status(), 201);
    for coding in ["gzip", "br", "identity, deflate", "nonsense"] {
        let refused = send(draft.to_vec(), coding).await;
        assert_eq!(refused.status(), 415, "{coding}");
        assert_eq!(problem(refused).await["type"], "/problems/unsupported-media-type");
    }
    let import = |body: Vec<u8>, kind: &'static str| {
        let request = server.http.post(server.url("/api/v1/directory/import")).bearer_auth(&token).header("content-type", kind);
        async move { request.body(body).send().await.unwrap().text().await.unwrap() }
    };
    let lines = b"\xef\xbb\xbf{\"person\": {\"login\": \"bo\"}}\n".to_vec();
    let done = import(lines, "application/x-ndjson").await;
    assert!(done.contains("\"people_added\":1") || done.contains("\"refused\":0"), "{done}");
    let document = b"\xef\xbb\xbf{\"people\": [{\"login\": \"cy\"}]}".to_vec();
    let done = import(document, "application/json").await;
    assert!(done.contains("\"refused\":0"), "{done}");
}
