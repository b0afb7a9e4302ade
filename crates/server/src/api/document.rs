//! The OpenAPI 3.1 document: its base, and what all calls have in common.
//!
//! A handler declares only its own parameters, body, responses and errors. Everything that follows from
//! these, such as 413 and 415 for a call with a body, is added here.

mod errors;
mod headers;
pub mod media;
mod operations;
mod schemas;
#[cfg(test)]
mod tests;

use campanile_shared::Problem;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use self::{headers::link_to_next, operations::calls};

/// The document without paths.
#[derive(OpenApi)]
#[openapi(
    info(title = "Campanile", description = "Notifications for administrators: send them, read them, and receive them live.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = "/api/v1")),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "me", description = "The signed-in person."),
        (name = "inbox", description = "The signed-in person's notifications."),
        (name = "live", description = "The event stream."),
        (name = "sending", description = "Sending notifications and following their delivery."),
        (name = "directory", description = "People, objects and their relations."),
        (name = "administration", description = "A tenant's people, API keys and settings."),
    ),
    components(schemas(Problem)),
    modifiers(&Security),
    security(("session" = []), ("bearer" = []))
)]
struct BaseDocument;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key (cmp_…), a session token (cms_…), or a token signed by an embedding portal"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-campanile"))));
    }
}

/// The document that paths are added to.
pub fn base() -> utoipa::openapi::OpenApi {
    let mut document = BaseDocument::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}

/// Adds everything that follows from the declared calls: fixed schemas, links and common errors.
pub fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    schemas::fix_schemas(&mut document);
    for (method, call) in document.paths.paths.values_mut().flat_map(calls) {
        link_to_next(call);
        errors::add_errors(method, call);
    }
    document.components.get_or_insert_default().responses.extend(errors::common_responses());
    document
}
