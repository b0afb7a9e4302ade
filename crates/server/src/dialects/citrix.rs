//! Citrix Cloud notifications: the API that the vendor's REST clients call, under `/citrix`.
//!
//! Paths, headers, bodies and errors follow the vendor's public documentation. Where it is silent they
//! follow a working client; where there is none, the comment says "decided here". No other module knows
//! these formats.

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

/// The dialect's name: stored with its notifications and webhooks, and used in metrics.
pub const NAME: &str = "citrix";

/// The id that identifies a request and its response in the logs of both sides (documented by the vendor).
const TRANSACTION: HeaderName = HeaderName::from_static("x-cws-transactionid");
/// The id of the created notification. Decided here: the vendor's response has none.
const NOTIFICATION: HeaderName = HeaderName::from_static("x-campanile-notification-id");

/// The routes, to be nested under a prefix.
///
/// One handler serves all paths, because paths are matched without regard to case and an unknown path is
/// answered in this dialect's error format.
pub fn router() -> Router<App> {
    let unique = Arc::new(UniqueEvents::default());
    Router::new().fallback(move |State(app): State<App>, request: Request| answer(app, unique.clone(), request))
}

/// Answers a request and adds the headers that every response has.
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

/// The request's transaction id if it is a GUID, else a new one. Decided here: other values are not
/// echoed.
fn transaction(headers: &HeaderMap, app: &App) -> Option<HeaderValue> {
    let given = headers.get(&TRANSACTION).filter(|value| uuid::Uuid::try_parse_ascii(value.as_bytes()).is_ok());
    let new = || HeaderValue::try_from(app.campanile.new_id().to_string()).ok();
    given.cloned().or_else(new)
}
