use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

use super::{Acme, everyone};
use crate::harness::{Server, read_to_end, read_until};

pub async fn open(acme: &Acme, query: &str, headers: &str) -> TcpStream {
    let mut stream = acme.server.connect().await;
    ask_for_events(&mut stream, query, headers).await;
    stream
}

async fn ask_for_events(stream: &mut TcpStream, query: &str, headers: &str) {
    stream.write_all(format!("GET /api/v1/events{query} HTTP/1.1\r\nHost: a\r\n{headers}\r\n").as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_ticket_opens_one_stream() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let ticket = acme.fetch(Method::POST, "/events/ticket", &ada, None).await["ticket"].as_str().unwrap().to_owned();
    let head = acme.call(Method::HEAD, &format!("/events?ticket={ticket}")).send().await.unwrap();
    assert_eq!(head.status(), 405, "HEAD does not use the ticket");
    let mut stream = open(&acme, &format!("?ticket={ticket}"), "").await;
    read_until(&mut stream, "event: hello").await;
    let again = acme.call(Method::GET, &format!("/events?ticket={ticket}")).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stream_resumes_with_what_it_missed() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let auth = format!("Authorization: Bearer {ada}\r\n");
    let id = acme.send(everyone(), "Known").await["id"].clone();
    let mut stream = open(&acme, "", &auth).await;
    let generation = generation(&read_until(&mut stream, "-1-0\nevent: hello").await);
    acme.send(everyone(), "Heard").await;
    let received = read_until(&mut stream, "Heard").await;
    assert!(received.contains(&format!("id: {generation}-2-0\nevent: arrived")), "{received}");
    drop(stream);
    acme.send(everyone(), "Missed").await;
    acme.fetch(Method::POST, "/inbox/changes", &ada, Some(json!({"action": "read", "ids": [id]}))).await;
    let mut stream = open(&acme, "", &format!("{auth}Last-Event-ID: {generation}-2-0\r\n")).await;
    let events = read_until(&mut stream, "Missed").await;
    assert!(events.contains("event: changed") && !events.contains("Heard"), "{events}");
    // The events belong together: only the last one has an id.
    assert_eq!(events.matches("id: ").count(), 1, "{events}");
    assert!(events.contains(&format!("id: {generation}-3-1\nevent: arrived")), "{events}");
    // The same in the query, for clients that cannot set the header.
    let mut stream = open(&acme, &format!("?last_event_id={generation}-3-1"), &auth).await;
    let events = read_until(&mut stream, "event: hello").await;
    assert!(!events.contains("event: arrived"), "{events}");
    // Too many items for single events.
    for number in 0..120 {
        acme.send(everyone(), &number.to_string()).await;
    }
    let mut stream = open(&acme, &format!("?last_event_id={generation}-3-1"), &auth).await;
    read_until(&mut stream, "event: reset").await;
}

/// Returns the generation, the first part of the first event's id.
fn generation(events: &str) -> u64 {
    let id = events.split_once("id: ").unwrap().1;
    id.split_once('-').unwrap().0.parse().unwrap()
}

#[tokio::test]
async fn a_stream_of_another_generation_is_reset() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let auth = format!("Authorization: Bearer {ada}\r\n");
    acme.send(everyone(), "Known").await;
    let mut stream = open(&acme, "", &auth).await;
    let generation = generation(&read_until(&mut stream, "-1-0\nevent: hello").await);
    let page = acme.fetch(Method::GET, "/inbox", &ada, None).await;
    assert_eq!(page["generation"], generation);
    for (last, event) in [
        (format!("{generation}-1-0"), "hello"),
        (format!("{}-1-0", generation - 1), "reset"),
        (format!("{}-1-0", generation + 1), "reset"),
        (format!("{generation}-12-0"), "reset"),
        ("1-0".to_owned(), "reset"),
        ("0-1-0".to_owned(), "reset"),
        (format!("{generation}-1-0-0"), "reset"),
        (format!("{generation}-18446744073709551615-0"), "reset"),
        ("something".to_owned(), "reset"),
        (String::new(), "hello"),
    ] {
        let mut stream = open(&acme, "", &format!("{auth}Last-Event-ID: {last}\r\n")).await;
        read_until(&mut stream, &format!("id: {generation}-1-0\nevent: {event}")).await;
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let acme = Acme::start().await;
    let bo = acme.session("bo").await;
    let mut stream = open(&acme, "", &format!("Authorization: Bearer {bo}\r\n")).await;
    read_until(&mut stream, "event: hello").await;
    acme.fetch(Method::DELETE, "/session", &bo, None).await;
    let rest_text = read_to_end(&mut stream).await;
    assert!(!rest_text.contains("event:"), "{rest_text}");
    let refused = acme.call(Method::GET, "/events").bearer_auth(&bo).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_slow_client_loses_its_stream_and_resumes() {
    let acme = Acme::on(Server::with(json!({"live": {"lag": 4}})).await).await;
    let ada = acme.session("ada").await;
    let auth = format!("Authorization: Bearer {ada}\r\n");
    let mut ids = Vec::new();
    for number in 0..100 {
        ids.push(acme.send(everyone(), &number.to_string()).await["id"].clone());
    }
    // The client does not read. First the socket buffers of both sides fill up, then the queue. A fixed receive buffer
    // keeps the kernel from growing it by megabytes.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(65_536).unwrap();
    let mut stream = socket.connect(acme.server.running.address).await.unwrap();
    ask_for_events(&mut stream, "", &auth).await;
    read_until(&mut stream, "event: hello").await;
    let changes = 600;
    for turn in 0..changes {
        let action = if turn % 2 == 0 { "read" } else { "unread" };
        acme.fetch(Method::POST, "/inbox/changes", &ada, Some(json!({"action": action, "ids": ids}))).await;
    }
    let events = read_to_end(&mut stream).await;
    let received = events.matches("event: changed").count();
    assert!(received > 0 && received < changes, "{received}");
    let last = events.rsplit("\nid: ").next().and_then(|event| event.lines().next()).unwrap();
    let mut stream = open(&acme, "", &format!("{auth}Last-Event-ID: {last}\r\n")).await;
    let events = read_until(&mut stream, "\n\n").await;
    assert!(events.contains(&format!("-100-{changes}\n")), "not the last revision: {events}");
}
