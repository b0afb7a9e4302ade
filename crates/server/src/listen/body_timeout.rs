//! A timeout for request bodies, so that a slow sender cannot block a handler.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::{connection_state::RequestGuard, limits::MIN_BYTES_PER_SECOND, wait_budget::WaitBudget};
use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The longest sum of all waits for a body. The time in which the handler does not read does not count.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A body with a timeout. A timer is set only when the body must be waited for.
pub struct BodyTimeout<B> {
    body: B,
    budget: WaitBudget,
    _guard: RequestGuard,
}

impl<B> BodyTimeout<B> {
    /// Adds the timeout to the body of a request.
    pub const fn new(body: B, guard: RequestGuard) -> Self {
        Self::with_timeout(body, BODY_TIMEOUT, guard)
    }

    const fn with_timeout(body: B, patience: Duration, guard: RequestGuard) -> Self {
        Self { body, budget: WaitBudget::new(patience, MIN_BYTES_PER_SECOND), _guard: guard }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for BodyTimeout<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let bytes = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
            self.budget.progress(bytes);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.budget.poll_exhausted(context).map(|()| Some(Err("the request body did not arrive in time".into())))
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

    const TIMEOUT: Duration = Duration::from_millis(100);
    /// The timeout of the test itself.
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

    fn every(period: Duration, chunk: usize) -> BodyTimeout<Endless> {
        BodyTimeout::with_timeout(Endless { tick: Some(interval(period)), chunk }, TIMEOUT, RequestGuard::default())
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        for body in [
            BodyTimeout::with_timeout(Endless { tick: None, chunk: 0 }, TIMEOUT, RequestGuard::default()),
            every(Duration::from_millis(10), 1),
            // Each chunk arrives before the timeout.
            every(TIMEOUT / 2, 10),
        ] {
            let begun = Instant::now();
            let end = timeout(DEADLINE, body.collect()).await.expect("it is cut off");
            assert_eq!(end.unwrap_err().to_string(), "the request body did not arrive in time");
            assert!(begun.elapsed() >= TIMEOUT);
        }
    }

    #[tokio::test]
    async fn a_body_that_comes_fast_enough_may_take_as_long_as_it_likes() {
        // Ten times the required speed.
        let mut body = every(TIMEOUT / 4, MIN_BYTES_PER_SECOND as usize / 4);
        let (begun, mut bytes) = (Instant::now(), 0);
        while begun.elapsed() < TIMEOUT * 5 {
            bytes += body.frame().await.unwrap().unwrap().into_data().unwrap().len();
        }
        assert!(bytes > MIN_BYTES_PER_SECOND as usize);
    }
}
