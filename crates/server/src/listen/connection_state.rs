//! What a connection's service, its socket and its task share: the response of an event stream that is
//! taken over from hyper, and whether a request is in progress.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::response::Response;

/// The state that a connection's service, its socket and its task share.
#[derive(Default)]
pub struct ConnectionState {
    stream_response: Mutex<Option<Response>>,
    /// Whether hyper has unsent bytes.
    pub(super) write_pending: AtomicBool,
    /// The number of live guards of the current request and its response.
    pub(super) in_flight: AtomicUsize,
    /// Increases when a request begins and when it ends.
    pub(super) epoch: AtomicUsize,
}

/// A guard that a request or its response holds. While one exists, bytes from the client are not a
/// request head.
#[derive(Default)]
pub struct RequestGuard(Option<Arc<ConnectionState>>);

impl RequestGuard {
    /// A guard for a request on this connection.
    pub fn new(state: &Arc<ConnectionState>) -> Self {
        if state.in_flight.fetch_add(1, Ordering::Relaxed) == 0 {
            state.epoch.fetch_add(1, Ordering::Relaxed);
        }
        Self(Some(Arc::clone(state)))
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if let Some(state) = &self.0
            && state.in_flight.fetch_sub(1, Ordering::Relaxed) == 1
        {
            state.epoch.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl ConnectionState {
    /// Offers a response that is to be written without hyper. Returns the response if hyper still has unsent
    /// bytes of an earlier one: then hyper must write this one as well.
    pub fn take_over(&self, response: Response) -> Option<Response> {
        if self.write_pending.load(Ordering::Relaxed) {
            return Some(response);
        }
        *self.stream_response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        None
    }

    /// Takes the offered response.
    pub fn take_stream_response(&self) -> Option<Response> {
        self.stream_response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
