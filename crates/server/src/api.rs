//! The server's own API, version 1.
//!
//! Conventions: JSON with snake_case names; RFC 3339 times; errors as problem details (RFC 9457);
//! lists newest first, paged by an opaque cursor, with the next page also in `Link: rel="next"` (RFC 8288).

mod body;
mod button_clicks;
mod deliveries;
mod directory;
mod docs;
mod document;
mod drafts;
mod endpoints;
mod events;
mod export;
mod extract;
mod inbox;
mod keys;
mod me;
mod members;
mod notifications;
mod pagination;
mod password;
mod people;
mod recall_and_correct;
mod recipients;
mod request_previews;
mod scheduled;
mod secret_response;
mod session;
mod sign_in_link;
mod tenant;
mod thumbnail;
mod volume;

use axum::Router;

pub use self::endpoints::document;
use crate::{cors, problem, state::AppState};

/// The routes, to be nested under `/api/v1`.
pub fn router(app: &AppState) -> Router<AppState> {
    let router = endpoints::router();
    let router = if app.config.server.admin_listen.is_empty() { router.merge(docs::router()) } else { router };
    let router = router
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .layer(axum::extract::DefaultBodyLimit::max(app.config.server.max_body));
    cors::allow(router, app.cors_origins.clone())
}

/// The API's documentation page and OpenAPI document, to be nested under `/api/v1`.
pub fn docs() -> Router<AppState> {
    docs::router().method_not_allowed_fallback(problem::method_not_allowed)
}
