//! The point where a connection passes from hyper to the writer of event streams.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::response::Response;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What a connection's service and its task share.
#[derive(Default)]
pub struct Handover {
    response: Mutex<Option<Response>>,
    unsent: AtomicBool,
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

/// A socket that notes whether hyper has something left to send.
pub struct Socket {
    stream: TokioIo<TcpStream>,
    handover: Arc<Handover>,
}

impl Socket {
    /// A socket of hyper's.
    pub fn new(stream: TcpStream, handover: Arc<Handover>) -> Self {
        Self { stream: TokioIo::new(stream), handover }
    }

    /// The socket without hyper.
    pub fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// hyper writes until nothing is left or the socket takes no more, so what matters is how the
    /// last attempt ended.
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.handover.unsent.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl Read for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(written)
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
        self.note(written)
    }
}
