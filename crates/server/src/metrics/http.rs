//! Counts requests by route, method and class of status, and measures how long they take.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
    time::Instant,
};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    routing::Route,
};
use campanile_domain::security_log;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use tower::{Service, layer::layer_fn, service_fn};

use super::Metrics;
use crate::{client_ip, config::Config};

/// The labels of a request.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub struct RequestLabels {
    route: RouteLabel,
    method: &'static str,
    status: &'static str,
}

/// The path pattern of a route. `None` for files and unknown paths.
#[derive(Clone, Debug)]
struct RouteLabel(Option<MatchedPath>);

impl RouteLabel {
    fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", MatchedPath::as_str)
    }
}

impl PartialEq for RouteLabel {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RouteLabel {}

impl Hash for RouteLabel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for RouteLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> fmt::Result {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

/// Adds a layer to these routes that measures each request. The layer also sets the client's address
/// for the entries that the request adds to the security log.
pub fn count_requests<S: Clone + Send + Sync + 'static>(routes: Router<S>, metrics: Arc<Metrics>, config: Arc<Config>) -> Router<S> {
    routes.layer(layer_fn(move |mut route: Route| {
        let (metrics, config) = (metrics.clone(), config.clone());
        service_fn(move |request: Request| {
            let (metrics, began) = (metrics.clone(), Instant::now());
            let client = client_ip::security_log_origin(&request, &config);
            let (path, method) = (RouteLabel(request.extensions().get().cloned()), method_label(request.method()));
            // Called outside the async block, so that the block need not own a copy of the route.
            let answer = route.call(request);
            async move {
                let answer = match client {
                    Some(client) => security_log::with_origin(client, answer).await,
                    None => answer.await,
                };
                if let Ok(response) = &answer {
                    let labels = RequestLabels { route: path, method, status: status_class(response.status()) };
                    metrics.requests.get_or_create(&labels).observe(began.elapsed().as_secs_f64());
                }
                answer
            }
        })
    }))
}

/// The label of a method. Unusual methods share one label, because a client can send any name.
const fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
