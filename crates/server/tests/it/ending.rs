//! The process ends after a signal, even if clients keep connections open.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::service::Service;

/// Sends a request without its body. The server responds with 100 once the handler waits for the body.
async fn unfinished(service: &Service) -> TcpStream {
    let mut connection = TcpStream::connect(service.url.trim_start_matches("http://")).await.unwrap();
    let head =
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut said = [0; 12];
    connection.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 100");
    connection
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM")] {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::start(folder.path(), &[], Stdio::null());
        let _connection = unfinished(&service).await;
        service.signal(first);
        while service.said() != "STOPPING=1" {}
        let asked = Instant::now();
        service.signal(second);
        assert_eq!(service.end().await.code(), Some(1));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}

#[tokio::test]
async fn ten_seconds_end_it_in_any_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path(), &[], Stdio::null());
    let _connection = unfinished(&service).await;
    let asked = Instant::now();
    service.signal("TERM");
    service.end().await;
    assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
}
