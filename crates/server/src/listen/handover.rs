//! What is between hyper and the socket: the point where a connection passes to the writer of event
//! streams, and an end for clients that send no head or take no answer.

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

/// How many bytes a second a client must take or send, over all its waits together: as much as is asked of
/// the body of a request.
const BYTES_A_SECOND: u32 = 16 * 1024;

/// How long a connection waits for its client.
#[derive(Clone, Copy)]
pub struct Waits {
    /// For all of a head, from its first byte, and for the first byte of a connection.
    pub head: Duration,
    /// For an answer to be taken.
    pub answer: Duration,
}

/// What a connection's service and its task share.
#[derive(Default)]
pub struct Handover {
    response: Mutex<Option<Response>>,
    unsent: AtomicBool,
    /// Parts of the current request and its response that are still there.
    parts: AtomicUsize,
    /// Grows when a request begins and when it ends.
    turns: AtomicUsize,
}

/// A part of a request or its response. While there is one, what comes from the client is no head.
#[derive(Default)]
pub struct Flight(Option<Arc<Handover>>);

impl Flight {
    /// A part of a request on a connection.
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
    /// Offers a response to be written without hyper. Gives it back when bytes of an earlier one
    /// are still on their way: hyper holds them and has to go on.
    pub fn offer(&self, response: Response) -> Option<Response> {
        if self.unsent.load(Ordering::Relaxed) {
            return Some(response);
        }
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        None
    }

    /// The response offered, once.
    pub fn take(&self) -> Option<Response> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A socket that notes whether hyper has something left to send, and fails when the client sends a head
/// or takes an answer too slowly.
pub struct Socket {
    stream: TokioIo<TcpStream>,
    handover: Arc<Handover>,
    /// The turn of the connection that was last seen here.
    turn: usize,
    /// Whether something of a head has come.
    begun: bool,
    head: Patience,
    answer: Patience,
}

impl Socket {
    /// A socket of hyper's.
    pub fn new(stream: TcpStream, handover: Arc<Handover>, waits: Waits) -> Self {
        let (head, answer) = (Patience::new(waits.head, 0), Patience::new(waits.answer, BYTES_A_SECOND));
        // The first head is waited for from the start: nobody keeps a connection that was never used.
        Self { stream: TokioIo::new(stream), handover, turn: 0, begun: true, head, answer }
    }

    /// The socket without hyper.
    pub fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// hyper writes until nothing is left or the socket takes no more, so what matters is how the
    /// last attempt ended.
    fn note(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.handover.unsent.store(written.is_pending(), Ordering::Relaxed);
        match &written {
            Poll::Ready(Ok(bytes)) => self.answer.moved(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.answer.waits(context).is_ready() => return Poll::Ready(Err(late("takes no answer"))),
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
            // All waits for one head together, however many pieces it comes in.
            Poll::Ready(_) => {
                self.begun = true;
                self.head.moved(0);
            }
            Poll::Pending if self.begun && self.head.waits(context).is_ready() => return Poll::Ready(Err(late("sends no head"))),
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
