//! An event stream (WHATWG HTML §9.2): a response body that writes the events of its feed.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use campanile_domain::{Grant, Person, Result};
use campanile_shared::Snapshot;
use http_body::Frame;

use super::{
    Hub,
    feed::{Feed, retry_text},
    hub::retry_of,
};
use crate::{app::App, metrics::Metrics};

/// Opens a stream for a person. `last` is the snapshot that its client has, without counts.
pub async fn open(app: &App, who: &Person, grant: Grant, last: Option<Snapshot>) -> Result<Response> {
    // Subscribe before reading, so that no event is missed. Subscribe again if the person's keys changed
    // meanwhile.
    let mut keys = app.campanile.store().watch(who.tenant, who.id).await?.keys;
    let (listener, resumption) = loop {
        let listener = Listener::new(app, who, grant, keys);
        let resumption = app.campanile.resume(who, last).await?;
        if resumption.watch.keys == listener.feed.keys {
            break (listener, resumption);
        }
        keys = resumption.watch.keys;
    };
    // Check again: a grant that was revoked before the subscription was not reported to this stream.
    app.campanile.check_grant(who, grant).await?;
    listener.feed.begin(resumption.events, resumption.watch.snapshot, app.hub.lag());
    let first = retry_text(retry_of(listener.feed.id));
    let mut response = Response::new(Body::new(Stream { first: Some(first), listener }));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without it nginx buffers the events.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Removes its feed from the hub when its stream is dropped.
struct Listener {
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    feed: Arc<Feed>,
}

impl Listener {
    fn new(app: &App, who: &Person, grant: Grant, keys: Vec<campanile_domain::AudienceKey>) -> Self {
        app.metrics.stream_opened();
        Self { hub: app.hub.clone(), metrics: app.metrics.clone(), feed: app.hub.listen(who, grant, keys) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.leave(&self.feed);
        self.metrics.stream_closed();
    }
}

struct Stream {
    first: Option<Bytes>,
    listener: Listener,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.listener.feed.poll(context).map(|next| {
            let (bytes, waited) = next?;
            if let Some(waited) = waited {
                self.listener.metrics.delivered(waited);
            }
            Some(Ok(Frame::data(bytes)))
        })
    }
}
