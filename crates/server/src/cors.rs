//! Which other origins' pages may call us from a browser (WHATWG Fetch, CORS protocol).
//!
//! Cookies are never allowed to travel: a page of another origin identifies its person by a bearer
//! token, so it can do nothing in the name of whoever else is signed in here.

use std::time::Duration;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{app::App, config::Config};

/// How long a browser may remember that it may ask.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);

/// What a page may read of an answer besides its body.
const EXPOSED: [HeaderName; 5] = [
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("x-campanile-notification-id"),
    HeaderName::from_static("x-cws-transactionid"),
];

/// Header fields a page may send.
const ACCEPTED: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("citrix-customerid"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-cc-locale"),
    HeaderName::from_static("x-cws-transactionid"),
];

/// Lets pages of `console.origins` call these routes; nobody pays for it when there are none.
pub fn allow(routes: Router<App>, config: &Config) -> Router<App> {
    match origins(&config.console.origins) {
        Some(origins) => routes.layer(layer(origins)),
        None => routes,
    }
}

fn layer(origins: AllowOrigin) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(ACCEPTED)
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE)
}

/// The origins of the setting, as browsers spell them: without a slash at the end, in small
/// letters. `*` stands for all.
fn origins(setting: &[String]) -> Option<AllowOrigin> {
    if setting.iter().any(|origin| origin == "*") {
        return Some(AllowOrigin::any());
    }
    let spelled = |origin: &String| HeaderValue::try_from(origin.trim().trim_end_matches('/').to_ascii_lowercase()).ok();
    let list: Vec<_> = setting.iter().filter_map(spelled).collect();
    (!list.is_empty()).then(|| AllowOrigin::list(list))
}
