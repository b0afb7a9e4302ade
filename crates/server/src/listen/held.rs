//! Limits the memory of responses that clients have not received yet. So a client that requests much and
//! reads nothing cannot use up the memory.

use std::{
    any::Any,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use campanile_domain::Error;
use http_body::{Body as _, Frame, SizeHint};

use super::handover::Flight;
use crate::problem::Refusal;

/// The most bytes of all unsent responses together.
const MOST: usize = 64 << 20;
/// Responses up to this size, in bytes, are not counted: a connection's buffers hold as much.
const SMALL: usize = 32 << 10;

/// The most bytes that a response of unknown length holds at a time. An extension of the response.
#[derive(Clone, Copy)]
pub struct Weight(pub usize);

/// A value that is dropped when the client has received the response. An extension of the response.
#[derive(Clone)]
pub struct Kept(pub Arc<dyn Any + Send + Sync>);

/// The number of bytes that are held now.
#[derive(Default)]
pub struct Held(AtomicUsize);

/// The bytes of one response. They are released when this is dropped.
struct Share {
    held: Arc<Held>,
    bytes: usize,
    _kept: Option<Kept>,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.held.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Held {
    fn take(self: &Arc<Self>, bytes: usize, kept: Option<Kept>) -> Option<Arc<Share>> {
        let before = self.0.fetch_add(bytes, Ordering::Relaxed);
        let share = Share { held: Arc::clone(self), bytes, _kept: kept };
        // A response larger than the limit is allowed if no other is held.
        (before == 0 || before + bytes <= MOST).then(|| Arc::new(share))
    }

    /// Counts the response until its client has received it. Returns a 503 response if too much is held.
    pub fn hold(self: &Arc<Self>, mut response: Response, flight: Flight) -> Response<Answer> {
        let kept = response.extensions_mut().remove::<Kept>();
        let weight = response.extensions_mut().remove::<Weight>().map(|weight| weight.0);
        let known = response.body().size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let bytes = weight.or(known).filter(|bytes| *bytes > SMALL).unwrap_or_default();
        if bytes == 0 && kept.is_none() {
            return response.map(|body| Answer { body, share: None, _flight: flight });
        }
        match self.take(bytes, kept) {
            Some(share) => response.map(|body| Answer { body, share: Some(share), _flight: flight }),
            None => {
                let busy = Error::Unavailable("too many responses wait for slow clients".into());
                Refusal::from(busy).into_response().map(|body| Answer { body, share: None, _flight: flight })
            }
        }
    }
}

/// The body of a response. Its bytes count until they are written.
pub struct Answer {
    body: Body,
    share: Option<Arc<Share>>,
    _flight: Flight,
}

/// Bytes together with the share that counts them.
struct Owned {
    bytes: Bytes,
    _share: Arc<Share>,
}

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let Some(share) = &self.share else { return frame };
        let owned = |bytes| Bytes::from_owner(Owned { bytes, _share: Arc::clone(share) });
        frame.map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(owned))))
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
    use axum::http::StatusCode;
    use http_body_util::BodyExt;

    use super::*;

    fn answer(held: &Arc<Held>, bytes: usize) -> Response<Answer> {
        held.hold(vec![0; bytes].into_response(), Flight::default())
    }

    #[tokio::test]
    async fn answers_count_until_their_bytes_are_gone() {
        let held = Arc::new(Held::default());
        assert_eq!(answer(&held, SMALL).status(), StatusCode::OK);
        let large = answer(&held, MOST + 1);
        assert_eq!(large.status(), StatusCode::OK, "a single response may exceed the limit");
        assert_eq!(answer(&held, SMALL + 1).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer(&held, SMALL).status(), StatusCode::OK);
        let bytes = large.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answer(&held, SMALL + 1).status(), StatusCode::SERVICE_UNAVAILABLE, "the bytes are not written yet");
        drop(bytes);
        let all: Vec<_> = (0..4).map(|_| answer(&held, MOST / 4)).collect();
        assert!(all.iter().all(|answer| answer.status() == StatusCode::OK));
        assert_eq!(answer(&held, MOST / 4).status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(all);
        assert_eq!(held.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_kept_goes_with_the_answer() {
        let held = Arc::new(Held::default());
        let kept = Arc::new(());
        let mut response = "ok".into_response();
        response.extensions_mut().insert(Kept(kept.clone()));
        let response = held.hold(response, Flight::default());
        assert_eq!(Arc::strong_count(&kept), 2);
        drop(response);
        assert_eq!(Arc::strong_count(&kept), 1);
        let mut response = "ok".into_response();
        response.extensions_mut().insert(Weight(MOST));
        let stream = held.hold(response, Flight::default());
        assert_eq!(answer(&held, SMALL + 1).status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(stream);
    }
}
