//! Which other origins' pages may call us from a browser (WHATWG Fetch, CORS protocol).
//!
//! Cookies are never allowed to travel: a page of another origin identifies its person by a bearer
//! token, so it can do nothing in the name of whoever else is signed in here.

use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderName, Method, header},
};
use campanile_domain::{Campanile, Error};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;

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
const ACCEPTED: [HeaderName; 10] = [
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

/// Which other origins' pages may call us: those of the operator's `console.origins`, and those that
/// tenants name. Which tenant named one does not matter: who calls says so by their token.
pub struct Origins {
    /// The operator's, as browsers spell them; `None` stands for all there are.
    operators: Option<HashSet<String>>,
    tenants: RwLock<HashSet<String>>,
}

impl Origins {
    /// Those of the setting; `*` in it stands for all. No tenant's are known yet.
    pub fn new(setting: &[String]) -> Self {
        let all = setting.iter().any(|origin| origin == "*");
        let spelt = setting.iter().filter_map(|text| campanile_shared::tenant::origin(text));
        Self { operators: (!all).then(|| spelt.collect()), tenants: RwLock::default() }
    }

    /// Learns which origins tenants name now.
    pub async fn refresh(&self, campanile: &Campanile) -> Result<(), Error> {
        let tenants = campanile.store().tenants().await?;
        let named = tenants.into_iter().flat_map(|tenant| tenant.settings.origins).collect();
        *self.tenants.write().unwrap_or_else(PoisonError::into_inner) = named;
        Ok(())
    }

    fn allows(&self, origin: &str) -> bool {
        self.operators.as_ref().is_none_or(|operators| operators.contains(origin))
            || self.tenants.read().unwrap_or_else(PoisonError::into_inner).contains(origin)
    }
}

/// Lets pages of allowed origins call these routes.
pub fn allow(routes: Router<App>, app: &App) -> Router<App> {
    let origins = app.origins.clone();
    let allowed = if origins.operators.is_none() {
        AllowOrigin::any()
    } else {
        AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|origin| origins.allows(origin)))
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(ACCEPTED)
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE);
    routes.layer(layer)
}
