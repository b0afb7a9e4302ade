//! Citrix Cloud notifications: the API that the vendor's REST clients call, under `/citrix`.
//!
//! Paths, headers, bodies and errors follow the vendor's public documentation. Where it is silent they
//! follow a working client; where there is none, the comment says "decided here". No other module knows
//! these formats.

mod auth;
mod create;
mod date;
mod dedup;
mod enums;
mod errors;
mod extra;
mod field_errors;
mod headers;
mod list;
mod path;
mod request_preview;
mod response;
mod scalar;
mod subscriptions;
mod token;
mod validate;
mod webhook_payload;
mod wire;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};

use self::{dedup::DedupSetting, errors::CitrixError, path::Endpoint};
pub use self::{request_preview::request_preview, webhook_payload::Callback};
use crate::state::AppState;

/// The id that identifies a request and its response in the logs of both sides (documented by the vendor).
const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-cws-transactionid");
/// The routes, to be nested under a prefix.
///
/// One handler serves all paths, because paths are matched without regard to case and an unknown path is
/// answered in this dialect's error format.
pub fn router() -> Router<AppState> {
    let unique = Arc::new(DedupSetting::default());
    Router::new().fallback(move |State(app): State<AppState>, request: Request| handle(app, unique.clone(), request))
}

/// Answers a request and adds the headers that every response has.
async fn handle(app: AppState, unique: Arc<DedupSetting>, request: Request) -> Response {
    let transaction = transaction_id(request.headers(), &app);
    let mut response = dispatch(&app, &unique, request).await.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    if let Some(transaction) = transaction {
        headers.insert(TRANSACTION_ID, transaction);
    }
    response
}

async fn dispatch(app: &AppState, unique: &DedupSetting, request: Request) -> Result<Response, CitrixError> {
    let (parts, body) = request.into_parts();
    match path::route(&parts.method, parts.uri.path())? {
        Endpoint::Create { customer } => create::create(app, unique, customer.as_deref(), &parts.headers, body).await,
        Endpoint::List { customer } => list::list(app, customer.as_deref(), &parts.headers, &parts.uri).await,
        Endpoint::Subscribe { customer } => subscriptions::add(app, &customer, &parts.headers, body).await,
        Endpoint::ListSubscriptions { customer } => subscriptions::list(app, &customer, &parts.headers).await,
        Endpoint::Unsubscribe { customer, id } => subscriptions::remove(app, &customer, &id, &parts.headers).await,
        Endpoint::Token { customer } => token::client_credentials(app, &customer, &parts.headers, body).await,
        Endpoint::Trust => token::trust(app, &parts.headers, body).await,
    }
}

/// The request's transaction id if it is a GUID, else a new one. Decided here: other values are not
/// echoed.
fn transaction_id(headers: &HeaderMap, app: &AppState) -> Option<HeaderValue> {
    let given = headers.get(&TRANSACTION_ID).filter(|value| uuid::Uuid::try_parse_ascii(value.as_bytes()).is_ok());
    let new = || HeaderValue::try_from(app.campanile.new_id().to_string()).ok();
    given.cloned().or_else(new)
}
