//! Citrix Cloud notifications: what the vendor's REST clients call, under `/citrix`.
//!
//! The paths, headers, bodies and errors are those of the vendor's public documentation; where it
//! is silent a working client decides, and where there is none the comment says that the choice
//! is ours. Nothing outside this module knows these shapes.

mod auth;
mod create;
mod echo;
mod error;
mod headers;
mod list;
mod notice;
mod path;
mod subscriptions;
mod token;
mod unique;
mod wire;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};

pub use self::subscriptions::Callback;
use self::{error::Refusal, path::Call, unique::UniqueEvents};
use crate::app::App;

/// The name under which notifications of this dialect are stored and counted, and endpoints kept.
pub const NAME: &str = "citrix";

/// The id that ties an answer to a request in both sides' logs; documented by the vendor.
const TRANSACTION: HeaderName = HeaderName::from_static("x-cws-transactionid");
/// The id of the notification that a create stored. Ours: the vendor's answer has none.
const NOTIFICATION: HeaderName = HeaderName::from_static("x-campanile-notification-id");

/// The routes, to be nested under a prefix.
///
/// One handler takes every path, because paths compare without regard to letter case here and
/// an unknown one is answered in this dialect's shape.
pub fn router() -> Router<App> {
    let unique = Arc::new(UniqueEvents::default());
    Router::new().fallback(move |State(app): State<App>, request: Request| answer(app, unique.clone(), request))
}

/// Answers any request, always with the headers that every reply carries.
async fn answer(app: App, unique: Arc<UniqueEvents>, request: Request) -> Response {
    let transaction = transaction(request.headers(), &app);
    let mut response = call(&app, &unique, request).await.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    if let Some(transaction) = transaction {
        headers.insert(TRANSACTION, transaction);
    }
    response
}

async fn call(app: &App, unique: &UniqueEvents, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    match path::find(&parts.method, parts.uri.path())? {
        Call::Create { customer } => create::create(app, unique, customer.as_deref(), &parts.headers, body).await,
        Call::List { customer } => list::list(app, customer.as_deref(), &parts.headers, &parts.uri).await,
        Call::Subscribe { customer } => subscriptions::add(app, &customer, &parts.headers, body).await,
        Call::Subscriptions { customer } => subscriptions::list(app, &customer, &parts.headers).await,
        Call::Unsubscribe { customer, id } => subscriptions::remove(app, &customer, &id, &parts.headers).await,
        Call::Token { customer } => token::client_credentials(app, &customer, &parts.headers, body).await,
        Call::Trust => token::trust(app, &parts.headers, body).await,
    }
}

/// The transaction id of the request if it is a GUID, else a new one (ours: what else is there
/// is not echoed).
fn transaction(headers: &HeaderMap, app: &App) -> Option<HeaderValue> {
    let given = headers.get(&TRANSACTION).filter(|value| uuid::Uuid::try_parse_ascii(value.as_bytes()).is_ok());
    let new = || HeaderValue::try_from(app.campanile.new_id().to_string()).ok();
    given.cloned().or_else(new)
}
