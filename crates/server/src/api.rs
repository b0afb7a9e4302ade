//! Our own API, version 1: the routes, their OpenAPI document, and what they have in common.
//!
//! The conventions: JSON with snake_case names; times of RFC 3339; errors as problems of RFC 9457;
//! pages newest first with an opaque cursor, the next also as `Link: rel="next"` (RFC 8288).

mod body;
mod deliveries;
mod directory;
mod docs;
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
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, Ref, Response, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use body::Json;

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
        .routes(routes!(link::link_person))
        .routes(routes!(me::me))
        .routes(routes!(me::set_preferences))
        .routes(routes!(password::change))
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
        .routes(routes!(tenant::rotate))
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
        .routes(routes!(thumbnail::thumbnail))
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
    for item in document.paths.paths.values_mut() {
        let calls = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for call in calls.into_iter().flatten() {
            call.responses.responses.insert("default".to_owned(), fault().into());
        }
    }
    document
}

/// What every call may answer besides.
fn fault() -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let told = "Any other fault, as a problem of RFC 9457: 400 for what cannot be read, 401 without a credential that holds, \
        403 without the right, 404 and 405 for other paths and methods, 413 and 415 for bodies too large or of another type, \
        422 with the fields at fault, 429 with Retry-After, 507 while the disk is full";
    ResponseBuilder::new().description(told).content("application/problem+json", problem).build()
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

/// The page and the document that say what the API does, to be nested under `/api/v1`.
pub fn docs() -> Router<App> {
    docs::router().method_not_allowed_fallback(problem::method_not_allowed)
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
