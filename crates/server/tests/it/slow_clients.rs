//! Clients that request large lists and do not read the responses.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::TcpSocket,
    time::{Instant, sleep},
};

use crate::harness::{PATIENCE, Server};

async fn send_large(server: &Server, token: &str, count: usize) {
    for at in 0..count {
        let languages = ["en", "de", "fr", "es", "it", "pl", "pt", "ja", "ko", "zh", "ar", "he", "nl", "sv", "da"];
        let content =
            languages.map(|language| json!({"language": language, "title": format!("large {at}"), "description": "x".repeat(64_000)}));
        let draft = json!({"to": [{"kind": "everyone"}], "content": content});
        let sent = server.http.post(server.url("/api/v1/notifications")).bearer_auth(token).json(&draft).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::CREATED, "{}", sent.text().await.unwrap());
    }
}

#[tokio::test]
async fn a_list_of_large_notifications_is_paged_by_size() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    send_large(&server, &token, 9).await;
    let (mut path, mut sizes) = ("/api/v1/notifications?limit=200".to_owned(), Vec::new());
    loop {
        let text = server.get(&path).bearer_auth(&token).send().await.unwrap().text().await.unwrap();
        assert!(text.len() < 5 << 20, "{} bytes", text.len());
        let page: Value = serde_json::from_str(&text).unwrap();
        sizes.push(page["items"].as_array().unwrap().len());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/notifications?limit=200&cursor={next}");
    }
    assert_eq!(sizes, [4, 4, 1]);
}

#[tokio::test]
async fn a_client_that_reads_no_responses_is_rate_limited() {
    let server = Server::start().await;
    let token = server.sign_in("acme").await;
    send_large(&server, &token, 5).await;
    let mut connections = Vec::new();
    for _ in 0..8 {
        // The kernel buffers several megabytes for a client that does not read. A small receive buffer here and three
        // requests per connection exceed that.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 << 10).unwrap();
        let mut connection = socket.connect(server.running.address).await.unwrap();
        let request = format!("GET /api/v1/notifications?limit=200 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
        connection.write_all(request.repeat(3).as_bytes()).await.unwrap();
        connections.push(connection);
    }
    let deadline = Instant::now() + PATIENCE;
    let until = async |wanted: StatusCode| loop {
        let response = server.get("/api/v1/notifications?limit=1").bearer_auth(&token).send().await.unwrap();
        if response.status() == wanted {
            return response;
        }
        assert!(Instant::now() < deadline, "got {} instead of {wanted}", response.status());
        sleep(Duration::from_millis(20)).await;
    };
    let refused = until(StatusCode::TOO_MANY_REQUESTS).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    // Other people are not affected, and this person is served again once the connections close.
    let other = server.sign_in("other").await;
    assert_eq!(server.get("/api/v1/notifications?limit=1").bearer_auth(&other).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(server.get("/api/v1/inbox/counts").bearer_auth(&token).send().await.unwrap().status(), StatusCode::OK);
    drop(connections);
    until(StatusCode::OK).await;
}
