//! The OpenAPI 3.1 document: its frame, and what all calls have in common.
//!
//! A handler says what is its own: its parameters, its body, its answers and the errors that only it
//! has. What follows from that, such as 413 and 415 for a call with a body, is added here, so that no
//! call can forget it.

mod errors;
pub mod media;
mod schemas;
#[cfg(test)]
mod tests;

use campanile_shared::Problem;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Header, HttpMethod, RefOr,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The document without its calls.
#[derive(OpenApi)]
#[openapi(
    info(title = "Campanile", description = "Notifications for administrators: send them, read them, watch them arrive.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = "/api/v1")),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "me", description = "The signed-in person."),
        (name = "inbox", description = "One's own notifications."),
        (name = "live", description = "Notifications as they arrive."),
        (name = "sending", description = "Sending, and what became of what was sent."),
        (name = "directory", description = "People, objects and their relations."),
        (name = "administration", description = "What a tenant's administrators keep."),
    ),
    components(schemas(Problem)),
    modifiers(&Security),
    security(("session" = []), ("bearer" = []))
)]
struct Frame;

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

/// The document to put calls into.
pub fn frame() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}

/// Adds what follows from what the calls say of themselves.
pub fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    schemas::complete(&mut document);
    for (method, call) in document.paths.paths.values_mut().flat_map(calls) {
        link_to_next(call);
        errors::complete(method, call);
    }
    document.components.get_or_insert_default().responses.extend(errors::responses());
    document
}

/// The calls of a path, each with its method.
fn calls(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let calls = [
        (HttpMethod::Get, get),
        (HttpMethod::Put, put),
        (HttpMethod::Post, post),
        (HttpMethod::Delete, delete),
        (HttpMethod::Patch, patch),
    ];
    calls.into_iter().filter_map(|(method, call)| Some((method, call.as_mut()?)))
}

/// A list that takes a cursor answers with the link to its next page (RFC 8288).
fn link_to_next(call: &mut Operation) {
    if !call.parameters.iter().flatten().any(|parameter| parameter.name == "cursor") {
        return;
    }
    if let Some(RefOr::T(page)) = call.responses.responses.get_mut("200") {
        page.headers.insert("Link".to_owned(), header("rel=\"next\", when there is more"));
    }
}

/// A header field of text.
fn header(description: &str) -> Header {
    let mut header = Header::default();
    header.description = Some(description.to_owned());
    header
}
