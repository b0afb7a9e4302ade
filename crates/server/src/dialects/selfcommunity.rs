//! SelfCommunity's custom notifications and banners, under `/selfcommunity`.
//!
//! Paths, bodies and responses follow the vendor's documentation and SDK. Other choices are marked
//! "decided here". No other module knows these formats.
//!
//! Decided here: a notification to everyone in the tenant is a banner; everything else in a person's
//! inbox is a notification. A notification's `sid` is its id; its integer id is its sequence number.

mod auth;
mod banners;
mod embed;
mod errors;
mod fields;
mod notifications;
mod notify;
mod query;
mod request_preview;
mod users;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};

use self::errors::SelfCommunityError;
pub use self::request_preview::request_preview;
use crate::state::AppState;

/// The routes, to be nested under a prefix.
pub fn router() -> Router<AppState> {
    Router::new().fallback(|State(app): State<AppState>, request: Request| async move {
        let mut response = dispatch(&app, request).await.unwrap_or_else(IntoResponse::into_response);
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    })
}

async fn dispatch(app: &AppState, request: Request) -> Result<Response, SelfCommunityError> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let rest = path.strip_prefix("/api/v2/notification").ok_or_else(SelfCommunityError::no_such_path)?;
    let (get, post) = (matches!(parts.method, Method::GET | Method::HEAD), parts.method == Method::POST);
    // Authenticate before routing, so that paths are not revealed without a token.
    let by = auth::authenticate(app, &parts.headers).await?;
    let headers = &parts.headers;
    match rest {
        "/notify" if post => notify::notify(app, &by.actor()?, headers, body).await,
        "" if get => notifications::list(app, &by.reader()?, &parts).await,
        "/read" if post => notifications::read(app, &by.reader()?, headers, body).await,
        "/unseen/count" if get => notifications::unseen(app, &by.reader()?).await,
        "/banner" if get => banners::list(app, &by.reader()?, &parts).await,
        "/banner/read" if post => banners::read(app, &by.reader()?, headers, body).await,
        "/banner/dispose" if post => banners::dispose(app, &by.reader()?, headers, body).await,
        "/banner/unseen/count" if get => banners::unseen(app, &by.reader()?).await,
        "/banner/undisposed/count" if get => banners::undisposed(app, &by.reader()?).await,
        "/notify" | "/read" | "/banner/read" | "/banner/dispose" => Err(SelfCommunityError::method_not_allowed("POST")),
        "" | "/unseen/count" | "/banner" | "/banner/unseen/count" | "/banner/undisposed/count" => {
            Err(SelfCommunityError::method_not_allowed("GET, HEAD"))
        }
        _ => Err(SelfCommunityError::no_such_path()),
    }
}
