//! Gravitee APIM's messages and notifications: the API that its console and portal call, under `/gravitee`.
//!
//! Paths, bodies, rules and errors follow the open-source original. Other choices are marked "decided
//! here". No other module knows these formats.

mod auth;
mod errors;
mod http_message;
mod message;
mod message_request;
mod notifications;
mod password_cache;
mod path;
mod replay;
mod request_preview;
mod role_audience;
mod roles;
mod send;
mod session;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, header},
    response::Response,
};

pub use self::request_preview::request_preview;
use self::{errors::GraviteeError, password_cache::PasswordCache, path::Endpoint};
use crate::state::AppState;

/// The routes, to be nested under a prefix. One handler serves all paths, because the same calls exist
/// under several bases and an unknown path is answered in this dialect's error format.
pub fn router() -> Router<AppState> {
    let password_cache = Arc::new(PasswordCache::default());
    Router::new().fallback(move |State(app): State<AppState>, request: Request| handle(app, password_cache.clone(), request))
}

async fn handle(app: AppState, remembered: Arc<PasswordCache>, request: Request) -> Response {
    let portal = path::is_portal(request.uri().path());
    let mut response = dispatch(&app, &remembered, request).await.unwrap_or_else(|refusal| refusal.into_response_for(portal));
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn dispatch(app: &AppState, remembered: &PasswordCache, request: Request) -> Result<Response, GraviteeError> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let (context, call) = path::route(&parts.method, &path)?;
    let by = auth::authenticate(app, remembered, &parts.headers, peer, &context).await?;
    match call {
        Endpoint::EnvironmentMessage => send::send(app, &by.actor()?, &context, None, &parts.headers, body).await,
        Endpoint::ApiMessage(api) => send::send(app, &by.actor()?, &context, Some(&api), &parts.headers, body).await,
        Endpoint::Notifications => notifications::list(app, &by.reader()?).await,
        Endpoint::PortalNotifications => notifications::portal_list(app, &by.reader()?, &parts).await,
        Endpoint::DeleteNotifications => notifications::delete_all(app, &by.reader()?).await,
        Endpoint::DeleteNotification(id) => notifications::delete(app, &by.reader()?, &id).await,
        Endpoint::Roles(scope) => roles::list(app, &by.actor()?, &scope).await,
        Endpoint::Login => session::login(app, &by.person()?).await,
        Endpoint::PortalLogin => session::portal_login(app, &by.person()?).await,
        Endpoint::Logout => session::logout(app, &by.actor()?, &parts.headers).await,
    }
}
