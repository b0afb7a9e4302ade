//! POSTs to correct and to faulty receivers.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use campanile_channels::{SsrfGuard, Webhook, WebhookError, WebhookOptions};
use campanile_domain::{
    model::{attempt_result::AttemptOutcome, http_request::HttpRequest},
    ports::channel::Channel,
};
use flate2::{Compression, write::GzEncoder};
use hmac::{Hmac, Mac};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    receiver::{Receiver, field},
    sample_messages::{ID, fixed_clock, to_url, with_post},
};

/// A channel that may reach the loopback interface, with a short timeout.
fn webhook() -> Webhook {
    let options = WebhookOptions { timeout: Duration::from_secs(1), ..WebhookOptions::default() };
    Webhook::new(SsrfGuard::new(&["127.0.0.1".to_owned()]).unwrap(), &options, fixed_clock()).unwrap()
}

fn with_headers(url: &str, headers: &[(&str, &str)]) -> campanile_domain::ports::channel::OutgoingMessage {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    with_post(url, HttpRequest { headers, body: "{}".to_owned(), ..HttpRequest::default() })
}

#[tokio::test]
async fn a_post_arrives_as_it_was_given() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok\r\n").await;
    let outgoing = with_headers(&format!("{}?a=b", receiver.url()), &[("X-Token", "é\ta"), ("X-Twice", "1"), ("X-Twice", "2")]);
    let attempt = webhook().attempt(&outgoing).await;
    assert_eq!((attempt.outcome, &*attempt.detail), (AttemptOutcome::Delivered, "200 OK: ok"));
    let request = receiver.request();
    assert!(request.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{}"), "{request}");
    assert_eq!(field(&request, "content-type"), Some("application/json"));
    assert_eq!(field(&request, "user-agent"), Some(concat!("Campanile/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(field(&request, "host"), Some(&*receiver.address.to_string()));
    assert_eq!(field(&request, "webhook-id"), Some(&*ID.to_string()));
    assert_eq!(field(&request, "x-token"), Some("é\ta"));
    assert_eq!(request.to_ascii_lowercase().matches("x-twice:").count(), 2);
    for absent in ["webhook-signature", "webhook-timestamp", "accept-encoding", "referer"] {
        assert_eq!(field(&request, absent), None, "{absent}");
    }
}

#[tokio::test]
async fn the_content_type_can_be_another() {
    let receiver = Receiver::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    webhook().attempt(&with_headers(&receiver.url(), &[("content-TYPE", "text/plain")])).await;
    assert_eq!(field(&receiver.request(), "content-type"), Some("text/plain"));
    assert_eq!(receiver.request().to_ascii_lowercase().matches("content-type:").count(), 1);
}

#[tokio::test]
async fn the_status_decides_the_verdict() {
    let check = async |answer: &str, expected: AttemptOutcome| {
        let receiver = Receiver::answering(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(webhook().attempt(&to_url(&receiver.url())).await.outcome, expected, "{answer}");
    };
    let retry = |seconds: u64| AttemptOutcome::Retry { after: (seconds > 0).then(|| Duration::from_secs(seconds)) };
    check("200 OK", AttemptOutcome::Delivered).await;
    check("202 Accepted", AttemptOutcome::Delivered).await;
    check("204 No Content", AttemptOutcome::Delivered).await;
    check("299 Whatever", AttemptOutcome::Delivered).await;
    check("410 Gone", AttemptOutcome::Gone).await;
    for status in [300, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 425, 429, 451, 500, 502, 503, 504, 599, 799] {
        check(&format!("{status} X"), retry(0)).await;
    }
    check("429 X\r\nRetry-After: 120", retry(120)).await;
    check("503 X\r\nRetry-After: 999999", retry(86_400)).await;
    check("503 X\r\nRetry-After: Fri, 02 Jan 2026 03:05:05 GMT", retry(60)).await;
    check("503 X\r\nRetry-After: Friday, 02-Jan-26 03:05:05 GMT", retry(60)).await;
    check("503 X\r\nRetry-After: Fri, 02 Jan 2026 03:04:04 GMT", retry(0)).await;
    check("503 X\r\nRetry-After: soon", retry(0)).await;
}

#[tokio::test]
async fn signatures_can_be_verified() {
    let receiver = Receiver::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let post = HttpRequest {
        body: r#"{"ü":1}"#.to_owned(),
        secret: Some("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=".to_owned()),
        ..HttpRequest::default()
    };
    webhook().attempt(&with_post(&receiver.url(), post)).await;
    let request = receiver.request();
    assert_eq!(field(&request, "webhook-timestamp"), Some("1767323045"));
    // The key of the secret above as bytes, so that the test does not depend on the crate's base64 decoder.
    let key: Vec<u8> = (1..=32).collect();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.1767323045.{}", field(&request, "webhook-id").unwrap(), r#"{"ü":1}"#).as_bytes());
    let expected = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, mac.finalize().into_bytes());
    assert_eq!(field(&request, "webhook-signature"), Some(&*format!("v1,{expected}")));
    assert!(!request.contains("whsec_"));
}

#[tokio::test]
async fn nothing_malformed_reaches_the_wire() {
    let receiver = Receiver::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    for (name, value) in [
        ("X", "a\r\nEvil: 1"),
        ("X", "a\nb"),
        ("X", "a\rb"),
        ("X", "a\0b"),
        ("X\r\nEvil", "1"),
        ("X Y", "1"),
        ("", "1"),
        ("Host", "other.example"),
        ("Connection", "close"),
        ("Keep-Alive", "1"),
        ("TE", "trailers"),
        ("Trailer", "X"),
        ("Upgrade", "h2c"),
        ("Content-Length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "Basic x"),
        ("webhook-id", "other"),
        ("webhook-signature", "v1,x"),
        ("webhook-timestamp", "1"),
    ] {
        let attempt = webhook().attempt(&with_headers(&receiver.url(), &[(name, value)])).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Rejected, "{name:?}: {value:?}");
    }
    let many: Vec<(&str, &str)> = (0..65).map(|_| ("X", "1")).collect();
    assert_eq!(webhook().attempt(&with_headers(&receiver.url(), &many)).await.outcome, AttemptOutcome::Rejected);
    let unsigned = HttpRequest { secret: Some("whsec_!".to_owned()), ..HttpRequest::default() };
    assert_eq!(webhook().attempt(&with_post(&receiver.url(), unsigned)).await.outcome, AttemptOutcome::Rejected);
    let mut nothing = to_url(&receiver.url());
    nothing.request = None;
    assert_eq!(webhook().attempt(&nothing).await.outcome, AttemptOutcome::Rejected);
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn secrets_are_removed_from_the_response_excerpt() {
    // A receiver that sends the request back.
    let receiver = Receiver::behaving(|mut stream: TcpStream, request: String| async move {
        let answer = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{request}", request.len());
        stream.write_all(answer.as_bytes()).await.ok();
    })
    .await;
    let mut outgoing = with_headers(&format!("{}?key=letmein1234", receiver.url()), &[("Authorization", "Bearer opensesame")]);
    outgoing.request.as_mut().unwrap().body = "{\"line\":\"a\u{202E}b\\u0007\"}".to_owned();
    let answer = webhook().attempt(&outgoing).await.detail;
    assert!(answer.starts_with("400 Bad Request: POST /hook?"), "{answer}");
    assert!(!answer.contains("opensesame") && !answer.contains("letmein"), "{answer}");
    assert!(!answer.contains(['\r', '\n', '\u{202E}']) && answer.chars().count() <= 320, "{answer:?}");
}

#[tokio::test]
async fn an_error_text_does_not_contain_the_url() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = webhook().post(&to_url(&format!("http://{free}/hook?key=letmein"))).await.unwrap_err();
    let WebhookError::Unreachable(why) = &failure else { panic!("{failure:?}") };
    assert!(why.contains("refused") && !why.contains("letmein") && !why.contains("http"), "{why}");
    assert_eq!(webhook().attempt(&to_url(&format!("http://{free}/"))).await.outcome, AttemptOutcome::Retry { after: None });
    let closing = Receiver::answering("").await;
    assert!(matches!(webhook().post(&to_url(&closing.url())).await, Err(WebhookError::Unreachable(_))));
    let nonsense = Receiver::answering("220 mail.example ESMTP\r\n").await;
    assert!(matches!(webhook().post(&to_url(&nonsense.url())).await, Err(WebhookError::Unreachable(_))));
}

/// Runs an attempt. Returns the verdict, the answer and the duration.
async fn timed(receiver: &Receiver) -> (AttemptOutcome, String, Duration) {
    let start = Instant::now();
    let attempt = webhook().attempt(&to_url(&receiver.url())).await;
    (attempt.outcome, attempt.detail, start.elapsed())
}

#[tokio::test]
async fn a_hanging_receiver_times_out() {
    let receiver = Receiver::behaving(|stream: TcpStream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let (verdict, answer, took) = timed(&receiver).await;
    assert_eq!((verdict, &*answer), (AttemptOutcome::Retry { after: None }, "no answer within 1 s"));
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn a_slow_receiver_times_out() {
    let dribble = |start: &'static str| {
        Receiver::behaving(move |mut stream: TcpStream, _| async move {
            stream.write_all(start.as_bytes()).await.ok();
            let mut beat = tokio::time::interval(Duration::from_millis(100));
            loop {
                beat.tick().await;
                if stream.write_all(b"x").await.is_err() {
                    break;
                }
            }
        })
    };
    // In the head, before the status is known.
    let (verdict, _, took) = timed(&dribble("HTTP/1.1 200 OK\r\nX: ").await).await;
    assert_eq!(verdict, AttemptOutcome::Retry { after: None });
    assert!(took < Duration::from_secs(3), "{took:?}");
    // In the body: the status is known and decides.
    let (verdict, answer, took) = timed(&dribble("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").await).await;
    assert_eq!(verdict, AttemptOutcome::Delivered, "{answer}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn a_large_body_is_not_read_to_its_end() {
    const ALL: usize = 10_000_000_000;
    let written = Arc::new(AtomicUsize::new(0));
    let (closed, mut is_closed) = tokio::sync::mpsc::channel::<()>(1);
    let counter = Arc::clone(&written);
    let receiver = Receiver::behaving(move |mut stream: TcpStream, _| {
        let (counter, closed) = (Arc::clone(&counter), closed.clone());
        async move {
            stream.write_all(format!("HTTP/1.1 500 X\r\nContent-Length: {ALL}\r\n\r\n").as_bytes()).await.ok();
            let chunk = vec![b'x'; 64 * 1024];
            while counter.load(Ordering::SeqCst) < ALL && stream.write_all(&chunk).await.is_ok() {
                counter.fetch_add(chunk.len(), Ordering::SeqCst);
            }
            closed.send(()).await.ok();
        }
    })
    .await;
    let (verdict, answer, took) = timed(&receiver).await;
    assert_eq!(verdict, AttemptOutcome::Retry { after: None });
    assert_eq!(answer, format!("500 Internal Server Error: {}", "x".repeat(300)));
    assert!(took < Duration::from_secs(3), "{took:?}");
    // The connection is closed without reading the rest. The written bytes are in the sockets' buffers.
    tokio::time::timeout(Duration::from_secs(10), is_closed.recv()).await.expect("the connection stays open");
    assert!(written.load(Ordering::SeqCst) < 20_000_000, "{}", written.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_compressed_body_is_not_decompressed() {
    // 64 MB of zeros, compressed to 64 kB.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::repeat(0).take(64_000_000), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    // A body that shows that its bytes are not treated as gzip at all.
    let header: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    for (body, end) in [(bomb, ""), ([header, b"raw"].concat(), "raw")] {
        let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        answer.extend_from_slice(&body);
        let receiver = Receiver::answering(answer).await;
        let (verdict, answer, took) = timed(&receiver).await;
        assert_eq!(verdict, AttemptOutcome::Delivered);
        assert!(answer.ends_with(end) && answer.chars().count() <= 320, "{answer:?}");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

#[tokio::test]
async fn an_endless_response_head_times_out() {
    let receiver = Receiver::behaving(|mut stream: TcpStream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await.ok();
        while stream.write_all(b"X: 0123456789012345678901234567890123456789\r\n").await.is_ok() {}
    })
    .await;
    let (verdict, _, took) = timed(&receiver).await;
    assert_eq!(verdict, AttemptOutcome::Retry { after: None });
    assert!(took < Duration::from_secs(3), "{took:?}");
}
