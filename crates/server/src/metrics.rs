//! The metrics for Prometheus.
//!
//! Labels have few values. A route is the pattern in the code, never the requested path. No label
//! names a tenant or a person.

pub mod endpoint;
mod http;
mod process;
mod tasks;

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::supervisor::Supervisor;

pub use http::count_requests;

/// All metrics. The methods are cheap, because every request calls them.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<http::RequestLabels, Histogram>,
    accepted: Family<DialectLabels, Counter>,
    open_streams: Gauge,
    stream_delay: Histogram,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct DialectLabels {
    dialect: &'static str,
}

impl Metrics {
    /// Metrics that start at zero. The state of the tasks is read each time `/metrics` is fetched.
    pub fn new(supervisor: Arc<Supervisor>) -> Self {
        let requests = Family::new_with_constructor(duration_histogram as fn() -> Histogram);
        let (accepted, open_streams, stream_delay) = (Family::default(), Gauge::default(), duration_histogram());
        let mut registry = Registry::default();
        registry.register_collector(Box::new(process::ProcessMetrics::started_now()));
        registry.register_collector(Box::new(tasks::TaskMetrics(supervisor)));
        let own = registry.sub_registry_with_prefix("campanile");
        own.register_with_unit("http_request_duration", "Time to the head of the response", Unit::Seconds, requests.clone());
        own.register("notifications_accepted", "Notifications stored, repeats not counted", accepted.clone());
        own.register("event_streams", "Event streams open now", open_streams.clone());
        own.register_with_unit(
            "delivery",
            "Time from the commit of a notification until it is written to a stream",
            Unit::Seconds,
            stream_delay.clone(),
        );
        Self { registry, requests, accepted, open_streams, stream_delay }
    }

    /// Counts a stored notification. `dialect` is the dialect that received it, or `api` for our own API.
    pub fn notification_accepted(&self, dialect: &'static str) {
        self.accepted.get_or_create(&DialectLabels { dialect }).inc();
    }

    /// Counts an event stream that opens.
    pub fn stream_opened(&self) {
        self.open_streams.inc();
    }

    /// Counts an event stream that ends.
    pub fn stream_closed(&self) {
        self.open_streams.dec();
    }

    /// Records that a notification was written to a stream, this long after its commit.
    pub fn stream_delivery(&self, lag: Duration) {
        self.stream_delay.observe(lag.as_secs_f64());
    }

    /// All metrics as OpenMetrics text.
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A histogram of durations from half a millisecond to ten seconds.
fn duration_histogram() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}
