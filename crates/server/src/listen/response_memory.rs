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

use super::connection_state::RequestGuard;
use crate::problem::ApiError;

/// The most bytes of all unsent responses together.
const MAX_UNSENT_BYTES: usize = 64 << 20;
/// Responses up to this size, in bytes, are not counted: a connection's buffers hold as much.
const UNCOUNTED_RESPONSE_BYTES: usize = 32 << 10;

/// The most bytes that a response of unknown length holds at a time. An extension of the response.
#[derive(Clone, Copy)]
pub struct BufferedBytes(pub usize);

/// A value that is dropped when the client has received the response. An extension of the response.
#[derive(Clone)]
pub struct HeldUntilSent(pub Arc<dyn Any + Send + Sync>);

/// The number of bytes that are held now.
#[derive(Default)]
pub struct ResponseMemory(AtomicUsize);

/// The bytes of one response. They are released when this is dropped.
struct MemoryShare {
    held: Arc<ResponseMemory>,
    bytes: usize,
    _kept: Option<HeldUntilSent>,
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        self.held.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl ResponseMemory {
    fn reserve(self: &Arc<Self>, bytes: usize, kept: Option<HeldUntilSent>) -> Option<Arc<MemoryShare>> {
        let before = self.0.fetch_add(bytes, Ordering::Relaxed);
        let share = MemoryShare { held: Arc::clone(self), bytes, _kept: kept };
        // A response larger than the limit is allowed if no other is held.
        (before == 0 || before + bytes <= MAX_UNSENT_BYTES).then(|| Arc::new(share))
    }

    /// Counts the response until its client has received it. Returns a 503 response if too much is held.
    pub fn track(self: &Arc<Self>, mut response: Response, guard: RequestGuard) -> Response<TrackedBody> {
        let kept = response.extensions_mut().remove::<HeldUntilSent>();
        let weight = response.extensions_mut().remove::<BufferedBytes>().map(|weight| weight.0);
        let known = response.body().size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let bytes = weight.or(known).filter(|bytes| *bytes > UNCOUNTED_RESPONSE_BYTES).unwrap_or_default();
        if bytes == 0 && kept.is_none() {
            return response.map(|body| TrackedBody { body, share: None, _guard: guard });
        }
        match self.reserve(bytes, kept) {
            Some(share) => response.map(|body| TrackedBody { body, share: Some(share), _guard: guard }),
            None => {
                let busy = Error::Unavailable("too many responses wait for slow clients".into());
                ApiError::from(busy).into_response().map(|body| TrackedBody { body, share: None, _guard: guard })
            }
        }
    }
}

/// The body of a response. Its bytes count until they are written.
pub struct TrackedBody {
    body: Body,
    share: Option<Arc<MemoryShare>>,
    _guard: RequestGuard,
}

/// Bytes together with the share that counts them.
struct TrackedBytes {
    bytes: Bytes,
    _share: Arc<MemoryShare>,
}

impl AsRef<[u8]> for TrackedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl http_body::Body for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let Some(share) = &self.share else { return frame };
        let owned = |bytes| Bytes::from_owner(TrackedBytes { bytes, _share: Arc::clone(share) });
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

    fn answer(held: &Arc<ResponseMemory>, bytes: usize) -> Response<TrackedBody> {
        held.track(vec![0; bytes].into_response(), RequestGuard::default())
    }

    #[tokio::test]
    async fn answers_count_until_their_bytes_are_gone() {
        let held = Arc::new(ResponseMemory::default());
        assert_eq!(answer(&held, UNCOUNTED_RESPONSE_BYTES).status(), StatusCode::OK);
        let large = answer(&held, MAX_UNSENT_BYTES + 1);
        assert_eq!(large.status(), StatusCode::OK, "a single response may exceed the limit");
        assert_eq!(answer(&held, UNCOUNTED_RESPONSE_BYTES + 1).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer(&held, UNCOUNTED_RESPONSE_BYTES).status(), StatusCode::OK);
        let bytes = large.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answer(&held, UNCOUNTED_RESPONSE_BYTES + 1).status(), StatusCode::SERVICE_UNAVAILABLE, "the bytes are not written yet");
        drop(bytes);
        let all: Vec<_> = (0..4).map(|_| answer(&held, MAX_UNSENT_BYTES / 4)).collect();
        assert!(all.iter().all(|answer| answer.status() == StatusCode::OK));
        assert_eq!(answer(&held, MAX_UNSENT_BYTES / 4).status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(all);
        assert_eq!(held.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_held_is_dropped_with_the_response() {
        let held = Arc::new(ResponseMemory::default());
        let kept = Arc::new(());
        let mut response = "ok".into_response();
        response.extensions_mut().insert(HeldUntilSent(kept.clone()));
        let response = held.track(response, RequestGuard::default());
        assert_eq!(Arc::strong_count(&kept), 2);
        drop(response);
        assert_eq!(Arc::strong_count(&kept), 1);
        let mut response = "ok".into_response();
        response.extensions_mut().insert(BufferedBytes(MAX_UNSENT_BYTES));
        let stream = held.track(response, RequestGuard::default());
        assert_eq!(answer(&held, UNCOUNTED_RESPONSE_BYTES + 1).status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(stream);
    }
}
