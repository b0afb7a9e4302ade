//! The socket as hyper sees it. It passes a connection from hyper to the writer of event streams, and it
//! times out when a client sends a request head or receives a response too slowly.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::response::Response;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::patience::Patience;

/// The bytes per second that a client must receive on average. The same rate applies to request bodies.
const BYTES_A_SECOND: u32 = 16 * 1024;

/// The timeouts of a connection.
#[derive(Clone, Copy)]
pub struct Waits {
    /// For a complete head after its first byte, and for the first byte of a connection.
    pub head: Duration,
    /// For the client to receive a response.
    pub answer: Duration,
}

/// The state that a connection's service, its socket and its task share.
#[derive(Default)]
pub struct Handover {
    response: Mutex<Option<Response>>,
    unsent: AtomicBool,
    /// The number of live guards of the current request and its response.
    parts: AtomicUsize,
    /// Increases when a request begins and when it ends.
    turns: AtomicUsize,
}

/// A guard that a request or its response holds. While one exists, bytes from the client are not a
/// request head.
#[derive(Default)]
pub struct Flight(Option<Arc<Handover>>);

impl Flight {
    /// A guard for a request on this connection.
    pub fn new(handover: &Arc<Handover>) -> Self {
        if handover.parts.fetch_add(1, Ordering::Relaxed) == 0 {
            handover.turns.fetch_add(1, Ordering::Relaxed);
        }
        Self(Some(Arc::clone(handover)))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(handover) = &self.0
            && handover.parts.fetch_sub(1, Ordering::Relaxed) == 1
        {
            handover.turns.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Handover {
    /// Offers a response that is to be written without hyper. Returns the response if hyper still has unsent
    /// bytes of an earlier one: then hyper must write this one as well.
    pub fn offer(&self, response: Response) -> Option<Response> {
        if self.unsent.load(Ordering::Relaxed) {
            return Some(response);
        }
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        None
    }

    /// Takes the offered response.
    pub fn take(&self) -> Option<Response> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A socket that records whether hyper has unsent bytes, and that fails when the client sends a head or
/// receives a response too slowly.
pub struct Socket {
    stream: TokioIo<TcpStream>,
    handover: Arc<Handover>,
    /// The last value of `turns` that the socket has seen.
    turn: usize,
    /// Whether a part of a head has arrived.
    begun: bool,
    head: Patience,
    answer: Patience,
}

impl Socket {
    /// A socket for hyper.
    pub fn new(stream: TcpStream, handover: Arc<Handover>, waits: Waits) -> Self {
        let (head, answer) = (Patience::new(waits.head, 0), Patience::new(waits.answer, BYTES_A_SECOND));
        // The timeout of the first head starts at once, so that unused connections are closed.
        Self { stream: TokioIo::new(stream), handover, turn: 0, begun: true, head, answer }
    }

    /// The socket without hyper.
    pub fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// Records the result of a write. hyper writes until nothing is left or the socket is full, so the last
    /// result says whether bytes are left.
    fn note(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.handover.unsent.store(written.is_pending(), Ordering::Relaxed);
        match &written {
            Poll::Ready(Ok(bytes)) => self.answer.moved(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.answer.waits(context).is_ready() => return Poll::Ready(Err(late("does not receive the response"))),
            Poll::Pending => {}
        }
        written
    }
}

fn late(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the client {what}"))
}

impl Read for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let turn = self.handover.turns.load(Ordering::Relaxed);
        if turn != self.turn {
            (self.turn, self.begun) = (turn, false);
            self.head.renew();
        }
        let in_flight = self.handover.parts.load(Ordering::Relaxed) > 0;
        match read {
            _ if in_flight => {}
            // One timeout for the whole head, however many pieces it arrives in.
            Poll::Ready(_) => {
                self.begun = true;
                self.head.moved(0);
            }
            Poll::Pending if self.begun && self.head.waits(context).is_ready() => {
                return Poll::Ready(Err(late("does not send a request head")));
            }
            Poll::Pending => {}
        }
        read
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(context, written)
    }
}
