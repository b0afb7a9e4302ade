//! Gravitee APIM's messages and notifications: the API that its console and portal call, under `/gravitee`.
//!
//! Paths, bodies, rules and errors follow the open-source original. Other choices are marked "decided
//! here". No other module knows these formats.

mod auth;
mod error;
mod message;
mod notifications;
mod path;
mod roles;
mod session;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, header},
    response::Response,
};

use self::{auth::Remembered, error::Refusal, path::Call};
use crate::app::App;

/// The dialect's name: stored with its notifications and used in metrics.
pub const NAME: &str = "gravitee";

/// The routes, to be nested under a prefix. One handler serves all paths, because the same calls exist
/// under several bases and an unknown path is answered in this dialect's error format.
pub fn router() -> Router<App> {
    let remembered = Arc::new(Remembered::default());
    Router::new().fallback(move |State(app): State<App>, request: Request| answer(app, remembered.clone(), request))
}

async fn answer(app: App, remembered: Arc<Remembered>, request: Request) -> Response {
    let portal = path::is_portal(request.uri().path());
    let mut response = call(&app, &remembered, request).await.unwrap_or_else(|refusal| refusal.answer(portal));
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn call(app: &App, remembered: &Remembered, request: Request) -> Result<Response, Refusal> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let (place, call) = path::find(&parts.method, &path)?;
    let by = auth::caller(app, remembered, &parts.headers, peer, &place).await?;
    match call {
        Call::EnvironmentMessage => message::send(app, &by.actor()?, &place, None, &parts.headers, body).await,
        Call::ApiMessage(api) => message::send(app, &by.actor()?, &place, Some(&api), &parts.headers, body).await,
        Call::Notifications => notifications::list(app, &by.reader()?).await,
        Call::PortalNotifications => notifications::portal_list(app, &by.reader()?, &parts).await,
        Call::DeleteNotifications => notifications::delete_all(app, &by.reader()?).await,
        Call::DeleteNotification(id) => notifications::delete(app, &by.reader()?, &id).await,
        Call::Roles(scope) => roles::list(app, &by.actor()?, &scope).await,
        Call::Login => session::login(app, &by.person()?).await,
        Call::PortalLogin => session::portal_login(app, &by.person()?).await,
        Call::Logout => session::logout(app, &by.actor()?, &parts.headers).await,
    }
}
