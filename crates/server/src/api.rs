//! The server's own API, version 1: its routes, its OpenAPI document, and its shared extractors.
//!
//! Conventions: JSON with snake_case names; RFC 3339 times; errors as problem details (RFC 9457);
//! lists newest first, paged by an opaque cursor, with the next page also in `Link: rel="next"` (RFC 8288).

mod body;
mod deliveries;
mod directory;
mod docs;
mod document;
mod drafts;
mod events;
mod export;
mod inbox;
mod keys;
mod link;
mod me;
mod members;
mod notifications;
mod page;
mod password;
mod people;
mod revise;
mod session;
mod tenant;
mod thumbnail;
mod volume;

pub use self::directory::LONGEST_LINE;
use axum::{Router, extract::FromRequestParts, http::request::Parts};
use utoipa::openapi::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use body::Json;

use crate::{
    app::App,
    cors,
    problem::{self, Refusal},
};

/// All endpoints, grouped by path.
fn calls() -> Vec<UtoipaMethodRouter<App>> {
    vec![
        routes!(session::sign_in, session::sign_out),
        routes!(link::link_person),
        routes!(me::me),
        routes!(me::set_preferences),
        routes!(password::change),
        routes!(people::people),
        routes!(people::audience),
        routes!(notifications::send, notifications::sent),
        routes!(notifications::sent_one),
        routes!(deliveries::deliveries),
        routes!(deliveries::redeliver),
        routes!(deliveries::recipients),
        routes!(deliveries::presses),
        routes!(deliveries::scheduled),
        routes!(deliveries::unschedule),
        routes!(deliveries::send_now),
        routes!(directory::put, directory::end),
        routes!(directory::relations),
        routes!(directory::objects),
        routes!(directory::groups),
        routes!(directory::remove_person),
        routes!(directory::import),
        routes!(directory::export),
        routes!(keys::keys, keys::create),
        routes!(keys::revoke),
        routes!(members::members, members::add),
        routes!(members::member, members::change),
        routes!(members::set_disabled),
        routes!(members::link),
        routes!(tenant::settings, tenant::choose),
        routes!(tenant::rotate),
        routes!(volume::volume),
        routes!(drafts::drafts),
        routes!(drafts::draft, drafts::keep, drafts::forget),
        routes!(revise::recall),
        routes!(revise::correct),
        routes!(inbox::page),
        routes!(inbox::matching),
        routes!(export::export),
        routes!(inbox::item),
        routes!(inbox::press),
        routes!(thumbnail::thumbnail),
        routes!(inbox::counts),
        routes!(inbox::components),
        routes!(inbox::change),
        routes!(inbox::undo),
        routes!(inbox::see),
        routes!(events::ticket),
        routes!(events::events),
    ]
}

/// The router together with the document's paths.
fn routes() -> OpenApiRouter<App> {
    calls().into_iter().fold(OpenApiRouter::with_openapi(document::frame()), OpenApiRouter::routes)
}

/// The OpenAPI 3.1 document.
pub fn document() -> OpenApi {
    document::complete(routes().split_for_parts().1)
}

/// The routes, to be nested under `/api/v1`.
pub fn router(app: &App) -> Router<App> {
    let (router, _) = routes().split_for_parts();
    let router = if app.config.server.admin_listen.is_empty() { router.merge(docs::router()) } else { router };
    let router = router
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .layer(axum::extract::DefaultBodyLimit::max(app.config.server.max_body));
    cors::allow(router, app)
}

/// The API's documentation page and OpenAPI document, to be nested under `/api/v1`.
pub fn docs() -> Router<App> {
    docs::router().method_not_allowed_fallback(problem::method_not_allowed)
}

/// Query parameters; a parse error becomes a problem response.
struct Query<T>(T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    axum::extract::Query<T>: FromRequestParts<S, Rejection = axum::extract::rejection::QueryRejection>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(axum::extract::Query::<T>::from_request_parts(parts, state).await?.0))
    }
}

/// Path parameters; a value of the wrong type is answered 404.
struct Path<T>(T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    axum::extract::Path<T>: FromRequestParts<S, Rejection = axum::extract::rejection::PathRejection>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(axum::extract::Path::<T>::from_request_parts(parts, state).await?.0))
    }
}
