//! The list of all routes, with the layers around them.

use axum::{Router, routing::get};

use crate::{
    api, assets, dialects, health,
    metrics::{self, endpoint},
    problem,
    state::AppState,
    unsubscribe, virtual_hosts,
};

/// All routes of `server.listen`.
pub fn router(app: AppState) -> Router {
    let own = Router::new()
        .route("/unsubscribe", get(unsubscribe::confirmation_page).post(unsubscribe::unsubscribe))
        .route("/livez", get(health::livez));
    let own = match &*app.config.server.admin_listen {
        "" => own.route("/readyz", get(health::readyz)).route("/metrics", get(endpoint::scrape)),
        _ => own.route("/readyz", get(health::readyz_status)),
    };
    let routes = Router::new()
        .nest("/api/v1", api::router(&app))
        .merge(dialects::router(&app))
        .merge(own.method_not_allowed_fallback(problem::method_not_allowed))
        .fallback_service(assets::service(&app.config));
    let config = app.config.clone();
    virtual_hosts::route_hosts(with_layers(routes, app), &config)
}

/// All routes of `server.admin_listen`, the listener for operators.
pub fn admin_router(app: AppState) -> Router {
    let own =
        Router::new().route("/livez", get(health::livez)).route("/readyz", get(health::readyz)).route("/metrics", get(endpoint::scrape));
    let routes = Router::new()
        .nest("/api/v1", api::docs())
        .merge(own.method_not_allowed_fallback(problem::method_not_allowed))
        .fallback(problem::not_found);
    with_layers(routes, app)
}

/// Adds the layers of both listeners: a panic becomes a response, and every response is counted.
fn with_layers(routes: Router<AppState>, app: AppState) -> Router {
    metrics::count_requests(problem::catch_panics(routes), app.metrics.clone(), app.config.clone()).with_state(app)
}
