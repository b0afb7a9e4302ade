//! NDJSON responses whose lines are sent while the work runs.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use crate::problem::ApiError;

/// The sending half of an NDJSON response.
pub struct NdjsonSender {
    sender: mpsc::Sender<Bytes>,
    /// Sends an error response instead of a body; `None` once a line was sent.
    refusal: Option<oneshot::Sender<ApiError>>,
}

/// The receiving half: a response body made of the lines that were sent.
pub struct NdjsonBody {
    first: Option<Bytes>,
    lines: mpsc::Receiver<Bytes>,
    refusal: oneshot::Receiver<ApiError>,
}

/// A connected pair of sender and body.
pub fn ndjson_channel() -> (NdjsonSender, NdjsonBody) {
    let ((sender, lines), (refuses, refusal)) = (mpsc::channel(16), oneshot::channel());
    (NdjsonSender { sender, refusal: Some(refuses) }, NdjsonBody { first: None, lines, refusal })
}

impl NdjsonBody {
    /// Waits for the first line and returns the body, or the error that came before any line.
    pub async fn into_body(mut self) -> Result<Body, ApiError> {
        self.first = self.lines.recv().await;
        match self.refusal.try_recv() {
            Ok(refusal) if self.first.is_none() => Err(refusal),
            _ => Ok(Body::new(self)),
        }
    }
}

impl HttpBody for NdjsonBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        let line = match self.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => self.lines.poll_recv(context),
        };
        line.map(|line| line.map(|line| Ok(http_body::Frame::data(line))))
    }
}

impl NdjsonSender {
    /// Sends a line. Returns whether the client still reads.
    pub async fn send(&mut self, line: &impl Serialize) -> bool {
        self.refusal = None;
        let Ok(mut text) = serde_json::to_vec(line) else { return true };
        text.push(b'\n');
        self.sender.send(text.into()).await.is_ok()
    }

    /// Ends the response with an error status. Returns the error if a line was sent before, because then the
    /// status can no longer change.
    pub fn refuse(&mut self, refusal: ApiError) -> Option<ApiError> {
        match self.refusal.take() {
            // Sending fails only when the client has disconnected.
            Some(sender) => sender.send(refusal).err().and(None),
            None => Some(refusal),
        }
    }
}

/// A response with an NDJSON body.
pub fn ndjson_response(body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
