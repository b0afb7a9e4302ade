//! An event stream (WHATWG HTML §9.2): a response body that writes the events of its subscription.

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

use super::{hub::Hub, reconnect_delay::reconnect_delay, refresh::refresh_streams, sse::format_retry, subscription::Subscription};
use crate::{metrics::Metrics, state::AppState};

/// Opens a stream for a person. `last` is the snapshot that its client has, without counts.
pub async fn open(app: &AppState, who: &Person, grant: Grant, last: Option<Snapshot>) -> Result<Response> {
    // Subscribe before reading, so that no event is missed. Subscribe again if the person's keys changed
    // meanwhile.
    let mut keys = app.campanile.stream_start(who).await?.keys;
    let (listener, resumption) = loop {
        let listener = SubscriptionGuard::new(app, who, grant, keys);
        let resumption = app.campanile.resume_stream(who, last).await?;
        if resumption.start.keys == listener.subscription.keys {
            break (listener, resumption);
        }
        keys = resumption.start.keys;
    };
    // Check again: a grant that was revoked before the subscription was not reported to this stream.
    app.campanile.check_grant(who, grant).await?;
    let subscription = &listener.subscription;
    if subscription.start(&resumption.events, resumption.start.snapshot, app.hub.lag()) {
        while !refresh_streams(&app.campanile, std::slice::from_ref(subscription), app.hub.lag()).await {}
    }
    let first = format_retry(reconnect_delay(listener.subscription.id));
    let mut response = Response::new(Body::new(EventStreamBody { retry_field: Some(first), listener }));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without it nginx buffers the events.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Removes its subscription from the hub when its stream is dropped.
struct SubscriptionGuard {
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    subscription: Arc<Subscription>,
}

impl SubscriptionGuard {
    fn new(app: &AppState, who: &Person, grant: Grant, keys: Vec<campanile_domain::AudienceKey>) -> Self {
        app.metrics.stream_opened();
        Self { hub: app.hub.clone(), metrics: app.metrics.clone(), subscription: app.hub.subscribe(who, grant, keys) }
    }
}

impl Drop for SubscriptionGuard {
    fn drop(&mut self) {
        self.hub.unsubscribe(&self.subscription);
        self.metrics.stream_closed();
    }
}

struct EventStreamBody {
    retry_field: Option<Bytes>,
    listener: SubscriptionGuard,
}

impl http_body::Body for EventStreamBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(first) = self.retry_field.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.listener.subscription.poll(context).map(|next| {
            let (bytes, waited) = next?;
            if let Some(waited) = waited {
                self.listener.metrics.stream_delivery(waited);
            }
            Some(Ok(Frame::data(bytes)))
        })
    }
}
