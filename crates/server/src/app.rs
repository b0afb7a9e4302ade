//! The state that handlers share, and the list of all routes.

use std::{ops::Deref, sync::Arc};

use axum::Router;
use campanile_channels::Pictures;
use campanile_domain::Campanile;

use crate::{
    answers::Answers,
    api, assets,
    auth::limit::Limiter,
    config::Config,
    cors::Origins,
    dialects, health, hosts,
    live::Hub,
    metrics::{self, Metrics},
    problem,
    supervise::Supervisor,
    unsubscribe,
};

/// The state of every handler. Routers clone it several times per request, so it is one `Arc`.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl From<Shared> for App {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

/// The parts that handlers share.
pub struct Shared {
    /// The use cases.
    pub campanile: Campanile,
    /// The open event streams.
    pub hub: Arc<Hub>,
    /// The settings.
    pub config: Arc<Config>,
    /// The origins whose pages may call the API from a browser.
    pub origins: Arc<Origins>,
    /// Limits on sign-in attempts and requests.
    pub limiter: Arc<Limiter>,
    /// Fetches the thumbnails of attached files. `None` when `outgoing.thumbnails` is off.
    pub pictures: Option<Arc<Pictures>>,
    /// Runs the background tasks and restarts those that fail.
    pub supervisor: Arc<Supervisor>,
    /// Limits how many lists are built and sent at a time.
    pub answers: Arc<Answers>,
    /// The counters behind `/metrics`.
    pub metrics: Arc<Metrics>,
}

/// All routes of `server.listen`, with their layers.
pub fn router(app: App) -> Router {
    let routes = Router::new().nest("/api/v1", api::router(&app)).merge(dialects::router(&app)).merge(unsubscribe::router());
    let routes = match &*app.config.server.admin_listen {
        "" => routes.merge(health::router()).merge(metrics::router()),
        _ => routes.merge(health::brief()),
    };
    let routes = routes.fallback_service(assets::service(&app.config));
    let config = app.config.clone();
    hosts::bind(metrics::observe(problem::contain(routes), &app).with_state(app), &config)
}

/// All routes of `server.admin_listen`, the listener for operators.
pub fn admin_router(app: App) -> Router {
    let routes = Router::new().nest("/api/v1", api::docs()).merge(metrics::router()).merge(health::router()).fallback(problem::not_found);
    metrics::observe(problem::contain(routes), &app).with_state(app)
}
