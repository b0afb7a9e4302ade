//! The process ends after a signal, even if clients keep connections open.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::service::Service;

/// Sends a request without its body. The server responds with 100 once the handler waits for the body.
async fn unfinished_request(service: &Service) -> TcpStream {
    let mut connection = TcpStream::connect(service.url.trim_start_matches("http://")).await.unwrap();
    let head =
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut status_line = [0; 12];
    connection.read_exact(&mut status_line).await.unwrap();
    assert_eq!(&status_line, b"HTTP/1.1 100");
    connection
}

#[tokio::test]
async fn a_second_signal_stops_the_process_at_once() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM")] {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::start(folder.path(), &[], Stdio::null());
        let _connection = unfinished_request(&service).await;
        service.signal(first);
        while service.next_message() != "STOPPING=1" {}
        let asked = Instant::now();
        service.signal(second);
        assert_eq!(service.wait_for_exit().await.code(), Some(1));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}

#[tokio::test]
async fn the_process_stops_after_ten_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[], Stdio::null());
    let _connection = unfinished_request(&service).await;
    let asked = Instant::now();
    service.signal("TERM");
    service.wait_for_exit().await;
    assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
}
