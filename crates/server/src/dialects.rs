//! The dialects: notification APIs of other products, so that existing clients can send without changes.
//!
//! A dialect is a router with its own wire types, credential extractor and error type. It translates
//! between these and the use cases. Values that only the dialect understands are stored in
//! `Message::extra`. Dialects ignore cookies, so another site cannot send through a browser's session.

mod body;
pub mod citrix;
pub mod gravitee;
pub mod mykaarma;
pub mod selfcommunity;

use std::sync::Arc;

use axum::Router;
use campanile_domain::ports::payload_format::{PayloadFormat, PayloadFormats};

use crate::{config::dialect_names, cors, state::AppState};

/// The payload formats of the dialects' webhooks.
pub fn payload_formats() -> PayloadFormats {
    PayloadFormats::new([(dialect_names::CITRIX, Arc::new(citrix::Callback) as Arc<dyn PayloadFormat>)])
}

/// A dialect's path prefix and its routes.
type Dialect = (&'static str, fn() -> Router<AppState>);

/// All dialects.
const DIALECTS: [Dialect; dialect_names::ALL.len()] = [
    (dialect_names::CITRIX, citrix::router),
    (dialect_names::GRAVITEE, gravitee::router),
    (dialect_names::MYKAARMA, mykaarma::router),
    (dialect_names::SELFCOMMUNITY, selfcommunity::router),
];

/// All dialects, each under its prefix.
pub fn router(app: &AppState) -> Router<AppState> {
    // Nested as services, because a dialect also answers its bare prefix and every path below it.
    let nest =
        |routes: Router<AppState>, (name, dialect): Dialect| routes.nest_service(&format!("/{name}"), dialect().with_state(app.clone()));
    cors::allow(DIALECTS.into_iter().fold(Router::new(), nest), app.cors_origins.clone())
}
