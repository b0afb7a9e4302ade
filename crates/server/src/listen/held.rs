//! Answers that clients have not taken yet. What they hold together is bounded, so that whoever asks
//! for much and reads nothing takes no memory from others.

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

/// What all of them together may hold, in bytes.
const MOST: usize = 64 << 20;
/// Answers up to this size are not counted: a connection's buffers hold as much.
const SMALL: usize = 32 << 10;

/// What a response whose length is not known holds at most at a time, in bytes. An extension of the response.
#[derive(Clone, Copy)]
pub struct Weight(pub usize);

/// Something that is kept until the answer was taken. An extension of the response.
#[derive(Clone)]
pub struct Kept(pub Arc<dyn Any + Send + Sync>);

/// What is held now.
#[derive(Default)]
pub struct Held(AtomicUsize);

/// A part of it, given back when it is dropped.
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
        // One that is larger than everything is given when nothing else is held.
        (before == 0 || before + bytes <= MOST).then(|| Arc::new(share))
    }

    /// The response to a request in flight, counted until its client has taken it; 503 when too much is held.
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
                let busy = Error::Unavailable("clients do not take their answers".into());
                Refusal::from(busy).into_response().map(|body| Answer { body, share: None, _flight: flight })
            }
        }
    }
}

/// The body of a response. What it gives out counts until it is written.
pub struct Answer {
    body: Body,
    share: Option<Arc<Share>>,
    _flight: Flight,
}

/// Bytes with the share they belong to.
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
        assert_eq!(large.status(), StatusCode::OK, "alone it may be larger");
        assert_eq!(answer(&held, SMALL + 1).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer(&held, SMALL).status(), StatusCode::OK);
        let bytes = large.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answer(&held, SMALL + 1).status(), StatusCode::SERVICE_UNAVAILABLE, "they are still to be written");
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
