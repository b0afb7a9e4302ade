//! The state that handlers share, and the list of all routes.

use std::{ops::Deref, sync::Arc};

use axum::Router;
use campanile_channels::ThumbnailFetcher;
use campanile_domain::Campanile;

use crate::{
    api, assets,
    auth::rate_limits::RateLimits,
    config::Config,
    cors::AllowedOrigins,
    dialects, health,
    list_limiter::ListLimiter,
    live::Hub,
    metrics::{self, Metrics},
    problem,
    supervisor::Supervisor,
    unsubscribe, virtual_hosts,
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

/// All routes of `server.listen`, with their layers.
pub fn router(app: AppState) -> Router {
    let routes = Router::new().nest("/api/v1", api::router(&app)).merge(dialects::router(&app)).merge(unsubscribe::router());
    let routes = match &*app.config.server.admin_listen {
        "" => routes.merge(health::router()).merge(metrics::router()),
        _ => routes.merge(health::public_router()),
    };
    let routes = routes.fallback_service(assets::service(&app.config));
    let config = app.config.clone();
    virtual_hosts::route_hosts(metrics::count_requests(problem::catch_panics(routes), &app).with_state(app), &config)
}

/// All routes of `server.admin_listen`, the listener for operators.
pub fn admin_router(app: AppState) -> Router {
    let routes = Router::new().nest("/api/v1", api::docs()).merge(metrics::router()).merge(health::router()).fallback(problem::not_found);
    metrics::count_requests(problem::catch_panics(routes), &app).with_state(app)
}
