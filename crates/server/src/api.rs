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
mod me;
mod members;
mod notifications;
mod pagination;
mod password;
mod people;
mod recall_and_correct;
mod session;
mod sign_in_link;
mod tenant;
mod thumbnail;
mod volume;

pub use self::directory::MAX_LINE_BYTES;
use axum::{Router, extract::FromRequestParts, http::request::Parts};
use utoipa::openapi::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use body::Json;

use crate::{
    cors,
    problem::{self, ApiError},
    state::AppState,
};

/// All endpoints, grouped by path.
fn endpoints() -> Vec<UtoipaMethodRouter<AppState>> {
    vec![
        routes!(session::sign_in, session::sign_out),
        routes!(sign_in_link::sign_in_link_person),
        routes!(me::get_me),
        routes!(me::set_preferences),
        routes!(password::change_password),
        routes!(people::find_people),
        routes!(people::count_audience),
        routes!(notifications::send, notifications::list_sent),
        routes!(notifications::get_sent),
        routes!(deliveries::deliveries),
        routes!(deliveries::redeliver),
        routes!(deliveries::recipients),
        routes!(deliveries::button_clicks),
        routes!(deliveries::scheduled),
        routes!(deliveries::cancel_scheduled),
        routes!(deliveries::send_scheduled_now),
        routes!(directory::put_record, directory::end_relation),
        routes!(directory::relations),
        routes!(directory::objects),
        routes!(directory::groups),
        routes!(directory::remove_person),
        routes!(directory::import),
        routes!(directory::export),
        routes!(keys::list_keys, keys::create_key),
        routes!(keys::revoke_key),
        routes!(members::list_members, members::add_member),
        routes!(members::get_member, members::change_member),
        routes!(members::set_disabled),
        routes!(members::create_sign_in_link),
        routes!(tenant::get_settings, tenant::set_settings),
        routes!(tenant::rotate_portal_secret),
        routes!(volume::get_volume),
        routes!(drafts::list_drafts),
        routes!(drafts::get_draft, drafts::save_draft, drafts::delete_draft),
        routes!(recall_and_correct::recall_notification),
        routes!(recall_and_correct::correct_notification),
        routes!(inbox::list_inbox),
        routes!(inbox::count_matching),
        routes!(export::export),
        routes!(inbox::get_item),
        routes!(inbox::record_click),
        routes!(thumbnail::get_thumbnail),
        routes!(inbox::counts),
        routes!(inbox::components),
        routes!(inbox::change),
        routes!(inbox::undo),
        routes!(inbox::mark_seen),
        routes!(events::ticket),
        routes!(events::events),
    ]
}

/// The router together with the document's paths.
fn routes() -> OpenApiRouter<AppState> {
    endpoints().into_iter().fold(OpenApiRouter::with_openapi(document::base()), OpenApiRouter::routes)
}

/// The OpenAPI 3.1 document.
pub fn document() -> OpenApi {
    document::complete(routes().split_for_parts().1)
}

/// The routes, to be nested under `/api/v1`.
pub fn router(app: &AppState) -> Router<AppState> {
    let (router, _) = routes().split_for_parts();
    let router = if app.config.server.admin_listen.is_empty() { router.merge(docs::router()) } else { router };
    let router = router
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .layer(axum::extract::DefaultBodyLimit::max(app.config.server.max_body));
    cors::allow(router, app)
}

/// The API's documentation page and OpenAPI document, to be nested under `/api/v1`.
pub fn docs() -> Router<AppState> {
    docs::router().method_not_allowed_fallback(problem::method_not_allowed)
}

/// Query parameters; a parse error becomes a problem response.
struct Query<T>(T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    axum::extract::Query<T>: FromRequestParts<S, Rejection = axum::extract::rejection::QueryRejection>,
    S: Send + Sync,
{
    type Rejection = ApiError;

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
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(axum::extract::Path::<T>::from_request_parts(parts, state).await?.0))
    }
}
