//! The state that handlers share.

use std::{ops::Deref, sync::Arc};

use campanile_channels::ThumbnailFetcher;
use campanile_domain::Campanile;

use crate::{
    config::Config, cors::AllowedOrigins, list_limiter::ListLimiter, live::Hub, metrics::Metrics, rate_limits::RateLimits,
    supervisor::Supervisor,
};

/// The state of every handler. Routers clone it several times per request, so it is one `Arc`.
#[derive(Clone)]
pub struct AppState(Arc<AppStateInner>);

impl Deref for AppState {
    type Target = AppStateInner;

    fn deref(&self) -> &AppStateInner {
        &self.0
    }
}

impl From<AppStateInner> for AppState {
    fn from(shared: AppStateInner) -> Self {
        Self(Arc::new(shared))
    }
}

/// The parts that handlers share.
pub struct AppStateInner {
    /// The use cases.
    pub campanile: Campanile,
    /// The open event streams.
    pub hub: Arc<Hub>,
    /// The settings.
    pub config: Arc<Config>,
    /// The origins whose pages may call the API from a browser.
    pub cors_origins: Arc<AllowedOrigins>,
    /// Limits on sign-in attempts and requests.
    pub rate_limits: Arc<RateLimits>,
    /// Fetches the thumbnails of attached files. `None` when `outgoing.thumbnails` is off.
    pub thumbnails: Option<Arc<ThumbnailFetcher>>,
    /// Runs the background tasks and restarts those that fail.
    pub supervisor: Arc<Supervisor>,
    /// Limits how many lists are built and sent at a time.
    pub list_limiter: Arc<ListLimiter>,
    /// The counters behind `/metrics`.
    pub metrics: Arc<Metrics>,
}
