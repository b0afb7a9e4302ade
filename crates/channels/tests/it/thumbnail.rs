//! Thumbnails of attachments.

use std::time::Duration;

use campanile_channels::{SsrfGuard, Thumbnail, ThumbnailFetcher};
use tokio::io::AsyncWriteExt;

use crate::receiver::{Receiver, field};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe rest";

fn pictures(allow: &[String]) -> ThumbnailFetcher {
    ThumbnailFetcher::new(SsrfGuard::new(allow).unwrap(), Duration::from_secs(1)).unwrap()
}

async fn fetched(head: &str, body: &[u8]) -> (Option<Thumbnail>, Receiver) {
    let receiver = Receiver::answering([head.as_bytes(), b"\r\n\r\n", body].concat()).await;
    (pictures(&["127.0.0.1".to_owned()]).fetch(&receiver.url()).await, receiver)
}

#[tokio::test]
async fn an_image_is_returned_with_its_media_type() {
    let (picture, receiver) = fetched("HTTP/1.1 200 OK\r\nContent-Type: text/html", PNG).await;
    assert_eq!(picture, Some(Thumbnail { media_type: "image/png", bytes: PNG.to_vec() }));
    for absent in ["cookie", "authorization", "referer"] {
        assert_eq!(field(&receiver.request(), absent), None, "{absent}");
    }
}

#[tokio::test]
async fn everything_else_is_refused() {
    let svg = fetched("HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml", b"<svg onload=\"alert(1)\"/>").await.0;
    let missing = fetched("HTTP/1.1 404 Not Found", PNG).await.0;
    let elsewhere = fetched("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/", PNG).await.0;
    let huge = fetched("HTTP/1.1 200 OK", &[PNG, &[0; 600 * 1024]].concat()).await.0;
    assert_eq!([svg, missing, elsewhere, huge], [None, None, None, None]);
}

#[tokio::test]
async fn guard_and_timeout_apply() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    assert_eq!(pictures(&[]).fetch(&receiver.url()).await, None);
    assert_eq!(receiver.connections(), 0);
    let endless = Receiver::behaving(|mut stream: tokio::net::TcpStream, _| async move {
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok();
        while stream.write_all(b"\x89").await.is_ok() {
            pause.tick().await;
        }
    })
    .await;
    assert_eq!(pictures(&["127.0.0.1".to_owned()]).fetch(&endless.url()).await, None);
}
