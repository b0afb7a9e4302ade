//! The foreign dialects: systems that already speak another product's notification API send
//! through it unchanged.
//!
//! A dialect is a router with wire structs, a credential extractor and an error type of its own.
//! It translates to use cases and back; what it must give back and nobody else understands goes
//! into `Message::extra`. No dialect looks at cookies, so no other site can send through a
//! browser's session.

mod body;
pub mod citrix;
pub mod gravitee;
pub mod mykaarma;
pub mod selfcommunity;

use std::sync::Arc;

use axum::Router;
use campanile_domain::webhook::{Format, Formats};

use crate::{app::App, cors};

/// The formats in which dialects have endpoints called.
pub fn formats() -> Formats {
    Formats::new([(citrix::NAME, Arc::new(citrix::Callback) as Arc<dyn Format>)])
}

/// The segment that a dialect's paths begin with, and its routes.
type Dialect = (&'static str, fn() -> Router<App>);

/// Every dialect.
const DIALECTS: [Dialect; 4] = [
    (citrix::NAME, citrix::router),
    (gravitee::NAME, gravitee::router),
    (mykaarma::NAME, mykaarma::router),
    (selfcommunity::NAME, selfcommunity::router),
];

/// The names of the dialects.
pub fn names() -> impl Iterator<Item = &'static str> {
    DIALECTS.into_iter().map(|(name, _)| name)
}

/// Every dialect under its prefix.
pub fn router(app: &App) -> Router<App> {
    // As services, because a dialect answers every path below its prefix, the bare prefix as well.
    let nest = |routes: Router<App>, (name, dialect): Dialect| routes.nest_service(&format!("/{name}"), dialect().with_state(app.clone()));
    cors::allow(DIALECTS.into_iter().fold(Router::new(), nest), app)
}
