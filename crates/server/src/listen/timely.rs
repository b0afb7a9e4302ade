//! A request body that has to arrive in time, so that nobody holds a handler by sending slowly.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a body may be waited for, all waits together. The time in which the handler does not ask
/// for more, because it works on what has come, is not the sender's.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many bytes give a second of that back: a body may be of any length as long as it comes in no
/// slower than this.
const BYTES_A_SECOND: u32 = 16 * 1024;

/// A body with a deadline. The clock starts, and costs something, only when it has to be waited for.
pub struct Timely {
    body: Incoming,
    left: Duration,
    waiting: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Timely {
    /// This body, with a deadline.
    pub const fn new(body: Incoming) -> Self {
        Self { body, left: PATIENCE, waiting: None, alarm: None }
    }

    /// A wait is over, and this much has come.
    fn arrived(&mut self, bytes: usize) {
        if let Some(since) = self.waiting.take() {
            let gained = Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / BYTES_A_SECOND;
            self.left = (self.left.saturating_sub(since.elapsed()) + gained).min(PATIENCE);
        }
    }
}

impl Body for Timely {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let bytes = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
            self.arrived(bytes);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let begins = self.waiting.is_none();
        let deadline = *self.waiting.get_or_insert_with(Instant::now) + self.left;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if begins {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context).map(|()| Some(Err("the body took too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
