//! The composition root: which routes there are and what they share.

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

/// What every handler may use. Routers clone their state several times for each request: it costs
/// one reference.
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

/// What handlers share.
pub struct Shared {
    /// The use cases.
    pub campanile: Campanile,
    /// Who listens to which inbox.
    pub hub: Arc<Hub>,
    /// The settings.
    pub config: Arc<Config>,
    /// Which other origins' pages may call.
    pub origins: Arc<Origins>,
    /// Limits on attempts and requests.
    pub limiter: Arc<Limiter>,
    /// Fetches the small pictures of attached files; `None` when the operator wants none fetched.
    pub pictures: Option<Arc<Pictures>>,
    /// Keeps the tasks of the server running.
    pub supervisor: Arc<Supervisor>,
    /// Lists on their way to clients.
    pub answers: Arc<Answers>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// Every route of the server, with the layers around them.
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

/// Every route of `server.admin_listen`, the listener for those who run the server.
pub fn admin_router(app: App) -> Router {
    let routes = Router::new().nest("/api/v1", api::docs()).merge(metrics::router()).merge(health::router()).fallback(problem::not_found);
    metrics::observe(problem::contain(routes), &app).with_state(app)
}
