//! A request body that has to arrive in time, so that nobody holds a handler by sending slowly.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::{handover::Flight, patience::Patience};
use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// How long a body may be waited for, all waits together. The time in which the handler does not ask
/// for more, because it works on what has come, is not the sender's.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many bytes give a second of that back: a body may be of any length as long as it comes in no
/// slower than this.
const BYTES_A_SECOND: u32 = 16 * 1024;

/// A body with a deadline. The clock starts, and costs something, only when it has to be waited for.
pub struct Timely<B> {
    body: B,
    patience: Patience,
    _flight: Flight,
}

impl<B> Timely<B> {
    /// This body of a request in flight, with a deadline.
    pub const fn new(body: B, flight: Flight) -> Self {
        Self::with_patience(body, PATIENCE, flight)
    }

    const fn with_patience(body: B, patience: Duration, flight: Flight) -> Self {
        Self { body, patience: Patience::new(patience, BYTES_A_SECOND), _flight: flight }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for Timely<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let bytes = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
            self.patience.moved(bytes);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.patience.waits(context).map(|()| Some(Err("the body took too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::time::{Instant, Interval, interval, timeout};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(100);
    /// How long a body may be waited for here that must end.
    const DEADLINE: Duration = Duration::from_secs(10);

    /// A body that never ends: a chunk at each tick.
    struct Endless {
        tick: Option<Interval>,
        chunk: usize,
    }

    impl Body for Endless {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            let chunk = self.chunk;
            let Some(tick) = &mut self.tick else { return Poll::Pending };
            tick.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from(vec![0; chunk])))))
        }
    }

    fn every(period: Duration, chunk: usize) -> Timely<Endless> {
        Timely::with_patience(Endless { tick: Some(interval(period)), chunk }, PATIENCE, Flight::default())
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        for body in [
            Timely::with_patience(Endless { tick: None, chunk: 0 }, PATIENCE, Flight::default()),
            every(Duration::from_millis(10), 1),
            // Each comes before the patience is at its end.
            every(PATIENCE / 2, 10),
        ] {
            let begun = Instant::now();
            let end = timeout(DEADLINE, body.collect()).await.expect("it is cut off");
            assert_eq!(end.unwrap_err().to_string(), "the body took too long");
            assert!(begun.elapsed() >= PATIENCE);
        }
    }

    #[tokio::test]
    async fn a_body_that_comes_fast_enough_may_take_as_long_as_it_likes() {
        // Ten times as much as is asked for.
        let mut body = every(PATIENCE / 4, BYTES_A_SECOND as usize / 4);
        let (begun, mut bytes) = (Instant::now(), 0);
        while begun.elapsed() < PATIENCE * 5 {
            bytes += body.frame().await.unwrap().unwrap().into_data().unwrap().len();
        }
        assert!(bytes > BYTES_A_SECOND as usize);
    }
}
