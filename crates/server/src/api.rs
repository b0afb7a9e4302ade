//! Our own API, version 1: the routes, their OpenAPI document, and what they have in common.
//!
//! The conventions: JSON with snake_case names; times of RFC 3339; errors as problems of RFC 9457;
//! pages newest first with an opaque cursor, the next also as `Link: rel="next"` (RFC 8288).

mod deliveries;
mod directory;
mod docs;
mod drafts;
mod events;
mod export;
mod inbox;
mod keys;
mod me;
mod members;
mod notifications;
mod page;
mod people;
mod revise;
mod session;
mod tenant;
mod volume;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, header, request::Parts},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    cors,
    problem::{self, Refusal},
};

/// The document's frame; the paths come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(title = "Campanile", description = "Notifications for administrators: send them, read them, watch them arrive.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = "/api/v1")),
    modifiers(&Security),
    security(("session" = []), ("bearer" = []))
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key (cmp_…), a session token (cms_…) or a token signed by an embedding portal"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-campanile"))));
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(me::me))
        .routes(routes!(me::set_preferences))
        .routes(routes!(people::people))
        .routes(routes!(people::audience))
        .routes(routes!(notifications::send, notifications::sent))
        .routes(routes!(notifications::sent_one))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(deliveries::recipients))
        .routes(routes!(deliveries::presses))
        .routes(routes!(deliveries::scheduled))
        .routes(routes!(deliveries::unschedule))
        .routes(routes!(deliveries::send_now))
        .routes(routes!(directory::put, directory::end))
        .routes(routes!(directory::relations))
        .routes(routes!(directory::objects))
        .routes(routes!(directory::groups))
        .routes(routes!(directory::remove_person))
        .routes(routes!(directory::import))
        .routes(routes!(directory::export))
        .routes(routes!(keys::keys, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(members::members, members::add))
        .routes(routes!(members::member, members::change))
        .routes(routes!(members::set_disabled))
        .routes(routes!(members::link))
        .routes(routes!(tenant::settings, tenant::choose))
        .routes(routes!(volume::volume))
        .routes(routes!(drafts::drafts))
        .routes(routes!(drafts::draft, drafts::keep, drafts::forget))
        .routes(routes!(revise::recall))
        .routes(routes!(revise::correct))
        .routes(routes!(inbox::page))
        .routes(routes!(inbox::matching))
        .routes(routes!(export::export))
        .routes(routes!(inbox::item))
        .routes(routes!(inbox::press))
        .routes(routes!(inbox::counts))
        .routes(routes!(inbox::components))
        .routes(routes!(inbox::change))
        .routes(routes!(inbox::undo))
        .routes(routes!(inbox::see))
        .routes(routes!(events::ticket))
        .routes(routes!(events::events))
}

/// The OpenAPI 3.1 document.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = routes().split_for_parts().1;
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document
}

/// The routes, to be nested under `/api/v1`.
pub fn router(app: &App) -> Router<App> {
    let (router, _) = routes().split_for_parts();
    let router = router
        .merge(docs::router())
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .layer(axum::extract::DefaultBodyLimit::max(app.config.server.max_body));
    cors::allow(router, app)
}

/// A JSON body whose faults are answered as problems.
struct Json<T>(T);

impl<T, S> FromRequest<S> for Json<T>
where
    axum::Json<T>: FromRequest<S, Rejection = axum::extract::rejection::JsonRejection>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(axum::Json::<T>::from_request(request, state).await?.0))
    }
}

/// Reads a body that had to be hashed first.
async fn parse<T: serde::de::DeserializeOwned>(content_type: Option<HeaderValue>, body: Bytes) -> Result<T, Refusal> {
    let mut request = Request::new(Body::from(body));
    if let Some(content_type) = content_type {
        request.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    Ok(Json::<T>::from_request(request, &()).await?.0)
}

/// Query parameters whose faults are answered as problems.
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

/// Path parameters; what does not fit their type is not found.
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
