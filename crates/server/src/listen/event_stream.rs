//! The writer of an event stream. Between two events it holds a socket, the response's body and a
//! place to wait, nothing else: hyper would keep a read and a write buffer of 8 KiB each for as
//! long as the stream is open.
//!
//! The body is delimited by the end of the connection (RFC 9112 §6.3), so that what many streams
//! say at once is written to each of them as it is, without a frame around it.

use std::{future::poll_fn, io, pin::Pin, time::Duration};

use axum::{body::Body, http::response::Parts, response::Response};
use bytes::Bytes;
use campanile_domain::{Clock, SystemClock};
use http_body::Body as _;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::watch, time::timeout};

/// How long a client may take to receive one piece; it resumes when it comes back.
const STALL: Duration = Duration::from_secs(30);

/// How long a stream may go on after the server was asked to stop, for its last words.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Writes a response whose body has no end in sight, until it ends, the client goes away, or the
/// server is asked to stop.
///
/// No `async fn`, which would keep room for the response as it came for as long as it runs.
pub fn write(socket: TcpStream, response: Response, stopping: watch::Receiver<bool>) -> impl Future<Output = ()> + Send {
    let (head, body) = response.into_parts();
    run(socket, text(&head), body, stopping)
}

async fn run(mut socket: TcpStream, head: Vec<u8>, mut body: Body, mut stopping: watch::Receiver<bool>) {
    if send(&mut socket, &head).await.is_err() {
        return;
    }
    drop(head);
    loop {
        tokio::select! {
            biased;
            piece = next(&mut body) => match piece {
                Some(piece) => if send(&mut socket, &piece).await.is_err() { return },
                None => break,
            },
            () = gone(&socket) => return,
            () = super::stopped(&mut stopping) => {
                let last_words = async {
                    while let Some(piece) = next(&mut body).await {
                        send(&mut socket, &piece).await?;
                    }
                    io::Result::Ok(())
                };
                drop(Box::pin(timeout(LAST_WORDS, last_words)).await);
                break;
            }
        }
    }
    drop(socket.shutdown().await);
}

/// The status line and the header fields, as they are sent.
fn text(head: &Parts) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let date = SystemClock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    text.extend(format!("date: {date}\r\nconnection: close\r\n\r\n").into_bytes());
    text
}

/// The next bytes of the body; `None` at its end.
async fn next(body: &mut Body) -> Option<Bytes> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?.ok()?;
        if let Ok(bytes) = frame.into_data() {
            return Some(bytes);
        }
    }
}

/// Sends all of it. Most often the socket takes it at once; what it takes to wait is allocated only
/// when it does not.
async fn send(socket: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match socket.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Box::pin(timeout(STALL, socket.write_all(bytes))).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Over when the client has closed the connection. What it sends meanwhile has nobody to read it.
async fn gone(socket: &TcpStream) {
    while socket.readable().await.is_ok() {
        match socket.try_read(&mut [0; 256]) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
