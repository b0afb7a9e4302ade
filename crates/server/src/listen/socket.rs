//! The socket as hyper sees it. It times out when a client sends a request head or receives a response too slowly.

use std::{
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{
    connection_state::ConnectionState,
    limits::{ClientTimeouts, MIN_BYTES_PER_SECOND},
    wait_budget::WaitBudget,
};

/// A socket that records whether hyper has unsent bytes, and that fails when the client sends a head or
/// receives a response too slowly.
pub struct TimedSocket {
    stream: TokioIo<TcpStream>,
    state: Arc<ConnectionState>,
    /// The last value of `epoch` that the socket has seen.
    epoch: usize,
    /// Whether a part of a head has arrived.
    head_started: bool,
    head_budget: WaitBudget,
    response_budget: WaitBudget,
}

impl TimedSocket {
    /// A socket for hyper.
    pub fn new(stream: TcpStream, state: Arc<ConnectionState>, waits: ClientTimeouts) -> Self {
        let (head_budget, response_budget) = (WaitBudget::new(waits.head, 0), WaitBudget::new(waits.response, MIN_BYTES_PER_SECOND));
        // The timeout of the first head starts at once, so that unused connections are closed.
        Self { stream: TokioIo::new(stream), state, epoch: 0, head_started: true, head_budget, response_budget }
    }

    /// The socket without hyper.
    pub fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// Records the result of a write. hyper writes until nothing is left or the socket is full, so the last
    /// result says whether bytes are left.
    fn after_write(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.state.write_pending.store(written.is_pending(), Ordering::Relaxed);
        match &written {
            Poll::Ready(Ok(bytes)) => self.response_budget.progress(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.response_budget.poll_exhausted(context).is_ready() => {
                return Poll::Ready(Err(timed_out("does not receive the response")));
            }
            Poll::Pending => {}
        }
        written
    }
}

fn timed_out(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the client {what}"))
}

impl Read for TimedSocket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let turn = self.state.epoch.load(Ordering::Relaxed);
        if turn != self.epoch {
            (self.epoch, self.head_started) = (turn, false);
            self.head_budget.reset();
        }
        let in_flight = self.state.in_flight.load(Ordering::Relaxed) > 0;
        match read {
            _ if in_flight => {}
            // One timeout for the whole head, however many pieces it arrives in.
            Poll::Ready(_) => {
                self.head_started = true;
                self.head_budget.progress(0);
            }
            Poll::Pending if self.head_started && self.head_budget.poll_exhausted(context).is_ready() => {
                return Poll::Ready(Err(timed_out("does not send a request head")));
            }
            Poll::Pending => {}
        }
        read
    }
}

impl Write for TimedSocket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(context, written)
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
        self.after_write(context, written)
    }
}
