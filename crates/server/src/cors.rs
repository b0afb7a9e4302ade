//! Cross-origin access from browsers (WHATWG Fetch, CORS protocol).
//!
//! Cookies are never allowed. A page of another origin must send a bearer token, so it cannot act for
//! the person who is signed in to this server in the same browser.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderName, Method, header},
};
use campanile_domain::{Campanile, Error};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may cache a preflight response.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);

/// Response headers that a page may read.
const EXPOSED_HEADERS: [HeaderName; 5] = [
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("x-campanile-notification-id"),
    HeaderName::from_static("x-cws-transactionid"),
];

/// Request headers that a page may send.
const ALLOWED_HEADERS: [HeaderName; 10] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    HeaderName::from_static("citrix-customerid"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-cc-locale"),
    HeaderName::from_static("x-cws-transactionid"),
    // Gravitee's console sends these with every request.
    HeaderName::from_static("x-requested-with"),
    HeaderName::from_static("x-xsrf-token"),
];

/// The allowed origins: those of the setting `console.origins`, and those that tenants configure. A
/// tenant's origin is allowed for all tenants, because the token tells which tenant is called.
pub struct AllowedOrigins {
    /// The configured origins in the browsers' spelling; `None` allows every origin.
    configured: Option<HashSet<String>>,
    tenant_origins: RwLock<HashSet<String>>,
}

impl AllowedOrigins {
    /// Reads the setting; `*` allows every origin. The tenants' origins are not loaded yet.
    pub fn new(setting: &[String]) -> Self {
        let all = setting.iter().any(|origin| origin == "*");
        let normalized = setting.iter().filter_map(|text| campanile_shared::origin::normalise_origin(text));
        Self { configured: (!all).then(|| normalized.collect()), tenant_origins: RwLock::default() }
    }

    /// Reloads the tenants' origins from the store.
    pub async fn refresh(&self, campanile: &Campanile) -> Result<(), Error> {
        let named = campanile.embedding_origins().await?.into_iter().collect();
        *self.tenant_origins.write().unwrap_or_else(PoisonError::into_inner) = named;
        Ok(())
    }

    fn allows(&self, origin: &str) -> bool {
        self.configured.as_ref().is_none_or(|operators| operators.contains(origin))
            || self.tenant_origins.read().unwrap_or_else(PoisonError::into_inner).contains(origin)
    }
}

/// Allows pages of the allowed origins to call these routes.
pub fn allow<S: Clone + Send + Sync + 'static>(routes: Router<S>, origins: Arc<AllowedOrigins>) -> Router<S> {
    let allowed = if origins.configured.is_none() {
        AllowOrigin::any()
    } else {
        AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|origin| origins.allows(origin)))
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(ALLOWED_HEADERS)
        .expose_headers(EXPOSED_HEADERS)
        .max_age(MAX_AGE);
    routes.layer(layer)
}
