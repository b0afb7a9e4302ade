//! The dialects: notification APIs of other products, so that existing clients can send without changes.
//!
//! A dialect is a router with its own wire types, credential extractor and error type. It translates
//! between these and the use cases. Values that only the dialect understands are stored in
//! `Message::extra`. Dialects ignore cookies, so another site cannot send through a browser's session.

mod body;
pub mod citrix;
mod excerpt_title;
pub mod gravitee;
pub mod mykaarma;
pub mod selfcommunity;

use std::sync::Arc;

use axum::Router;
use campanile_domain::ports::payload_format::{PayloadFormat, PayloadFormats};
use campanile_shared::request_preview::RequestPreview;

use crate::{
    config::dialect_names,
    cors,
    request_preview::{PreviewInput, RequestPreviewFn},
    state::AppState,
};

/// The payload formats of the dialects' webhooks.
pub fn payload_formats() -> PayloadFormats {
    PayloadFormats::new([(dialect_names::CITRIX, Arc::new(citrix::Callback) as Arc<dyn PayloadFormat>)])
}

/// A dialect's path prefix, its routes, and a send request in its format.
type Dialect = (&'static str, fn() -> Router<AppState>, RequestPreviewFn);

/// All dialects.
const DIALECTS: [Dialect; dialect_names::ALL.len()] = [
    (dialect_names::CITRIX, citrix::router, citrix::request_preview),
    (dialect_names::GRAVITEE, gravitee::router, gravitee::request_preview),
    (dialect_names::MYKAARMA, mykaarma::router, mykaarma::request_preview),
    (dialect_names::SELFCOMMUNITY, selfcommunity::router, selfcommunity::request_preview),
];

/// A send request as a request to each dialect.
pub fn request_previews(input: &PreviewInput) -> impl Iterator<Item = RequestPreview> {
    DIALECTS.into_iter().map(|(_, _, preview)| preview(input))
}

/// All dialects, each under its prefix.
pub fn router(app: &AppState) -> Router<AppState> {
    // Nested as services, because a dialect also answers its bare prefix and every path below it.
    let nest =
        |routes: Router<AppState>, (name, dialect, _): Dialect| routes.nest_service(&format!("/{name}"), dialect().with_state(app.clone()));
    cors::allow(DIALECTS.into_iter().fold(Router::new(), nest), app.cors_origins.clone())
}
