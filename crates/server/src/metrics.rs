//! What is counted, and the page from which Prometheus fetches it.
//!
//! Labels have few values: routes as they are written in the code, never paths as they are asked
//! for; no tenant, no person.

mod observe;
mod process;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::{
    app::App,
    problem::{self, Refusal},
    supervise::{self, Supervisor},
};

pub use observe::observe;

/// The media type of the OpenMetrics text format, which Prometheus asks for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything counted. Its methods are cheap: called on every request.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<observe::Labels, Histogram>,
    accepted: Family<Dialect, Counter>,
    streams: Gauge,
    delivery: Histogram,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Dialect {
    dialect: &'static str,
}

impl Metrics {
    /// Nothing counted yet; the tasks are asked whenever somebody fetches the page.
    pub fn new(supervisor: Arc<Supervisor>) -> Self {
        let requests = Family::new_with_constructor(spans as fn() -> Histogram);
        let (accepted, streams, delivery) = (Family::default(), Gauge::default(), spans());
        let mut registry = Registry::default();
        registry.register_collector(Box::new(process::Process::starting()));
        registry.register_collector(Box::new(supervise::Collected(supervisor)));
        let own = registry.sub_registry_with_prefix("campanile");
        own.register_with_unit("http_request_duration", "Time to the head of the response", Unit::Seconds, requests.clone());
        own.register("notifications_accepted", "Notifications stored, repeats not counted", accepted.clone());
        own.register("event_streams", "Event streams open now", streams.clone());
        own.register_with_unit(
            "delivery",
            "Time from the commit of a notification to its way out on a stream",
            Unit::Seconds,
            delivery.clone(),
        );
        Self { registry, requests, accepted, streams, delivery }
    }

    /// A notification was stored that came in by this dialect, or by our own `api`.
    pub fn accepted(&self, dialect: &'static str) {
        self.accepted.get_or_create(&Dialect { dialect }).inc();
    }

    /// An event stream was opened.
    pub fn stream_opened(&self) {
        self.streams.inc();
    }

    /// An event stream has ended.
    pub fn stream_closed(&self) {
        self.streams.dec();
    }

    /// A notification went out on a stream, this long after its commit.
    pub fn delivered(&self, lag: Duration) {
        self.delivery.observe(lag.as_secs_f64());
    }

    /// Everything counted, as OpenMetrics text.
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A histogram of time spans from half a millisecond to ten seconds.
fn spans() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

/// `/metrics`.
pub fn router() -> Router<App> {
    Router::new().route("/metrics", get(page)).method_not_allowed_fallback(problem::method_not_allowed)
}

async fn page(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let text = app.metrics.text().map_err(|error| campanile_domain::Error::Unavailable(error.into()))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS), (header::CACHE_CONTROL, "no-store")], text))
}
