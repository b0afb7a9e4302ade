//! Writes event streams to their sockets. Between two events a stream holds only a socket and the
//! response body.
//!
//! hyper wrote them before. It keeps a read and a write buffer of 8 KiB each while a connection is open, so
//! that ten thousand streams hold 160 MB of buffers. The limit is 8 KiB for everything a stream holds, which
//! the benchmark `fanout` checks.
//!
//! The end of the connection delimits the body (RFC 9112 §6.3). So the same bytes can be written to many
//! streams, without chunk framing.

use std::{future::poll_fn, io, pin::Pin};

use axum::{body::Body, http::response::Parts, response::Response};
use bytes::Bytes;
use campanile_domain::{Clock, SystemClock};
use http_body::Body as _;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::watch, time::timeout};

use super::{
    limits::SEND_TIMEOUT,
    shutdown::{self, FINAL_EVENTS_TIMEOUT},
};

/// Writes the response until its body ends, the client closes the connection, or the server is asked to
/// stop.
///
/// This is not an `async fn`, because its future would hold the whole response while it runs.
pub fn write(socket: TcpStream, response: Response, stopping: watch::Receiver<bool>) -> impl Future<Output = ()> + Send {
    let (head, body) = response.into_parts();
    run(socket, head_bytes(&head), body, stopping)
}

async fn run(mut socket: TcpStream, head: Vec<u8>, mut body: Body, mut stopping: watch::Receiver<bool>) {
    if send(&mut socket, &head).await.is_err() {
        return;
    }
    drop(head);
    loop {
        tokio::select! {
            biased;
            piece = next_chunk(&mut body) => match piece {
                Some(piece) => if send(&mut socket, &piece).await.is_err() { return },
                None => break,
            },
            () = client_closed(&socket) => return,
            () = shutdown::stopped(&mut stopping) => {
                let final_events = async {
                    while let Some(piece) = next_chunk(&mut body).await {
                        send(&mut socket, &piece).await?;
                    }
                    io::Result::Ok(())
                };
                drop(Box::pin(timeout(FINAL_EVENTS_TIMEOUT, final_events)).await);
                break;
            }
        }
    }
    drop(socket.shutdown().await);
}

/// The status line and the header fields as bytes.
fn head_bytes(head: &Parts) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let date = SystemClock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    text.extend(format!("date: {date}\r\nconnection: close\r\n\r\n").into_bytes());
    text
}

/// The next bytes of the body. `None` at its end.
async fn next_chunk(body: &mut Body) -> Option<Bytes> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?.ok()?;
        if let Ok(bytes) = frame.into_data() {
            return Some(bytes);
        }
    }
}

/// Sends all bytes. Usually the socket takes them at once. Memory for waiting is allocated only when it
/// does not.
async fn send(socket: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match socket.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Box::pin(timeout(SEND_TIMEOUT, socket.write_all(bytes))).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Waits until the client closes the connection. Bytes that it sends are dropped.
async fn client_closed(socket: &TcpStream) {
    while socket.readable().await.is_ok() {
        match socket.try_read(&mut [0; 256]) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
