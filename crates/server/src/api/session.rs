//! Signing in and out.

use std::net::SocketAddr;

use axum::{
    Json as Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_shared::{Problem, SignIn, person::Session};

use super::Json;
use crate::{
    app::App,
    auth::{self, Person, cookie, limit, origin},
    problem::Refusal,
};

/// Sign in with a password or a one-use link.
///
/// A page of the server's own origin gets a cookie; a console of another, allowed origin gets the
/// session as a bearer token in the answer.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = SignIn, responses(
    (status = 201, description = "Signed in", body = Session),
    (status = 401, description = "Something was wrong, or the link was used before", body = Problem),
    (status = 429, description = "Too many attempts; Retry-After says when to try again", body = Problem),
))]
pub async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(with): Json<SignIn>,
) -> Result<Response, Refusal> {
    let login = match &with {
        SignIn::Password { tenant, login, .. } => Some((tenant.as_str(), login.as_str())),
        SignIn::Link { .. } => None,
    };
    let address = limit::caller(peer, &headers, &app.config);
    let session = app.limiter.sign_in(address, login, app.campanile.now(), app.campanile.sign_in(&with)).await?;
    let same = origin::is_same(&headers);
    let token = (!same).then(|| session.secret.clone());
    let mut response = (StatusCode::CREATED, Body(Session { token, expires_at: session.expires_at })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if same && let Some(cookie) = cookie::write(Some(&session.secret), &app.config) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sign out: the session ends everywhere at once.
#[utoipa::path(delete, path = "/session", tag = "session", responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "There was no session", body = Problem),
))]
pub async fn sign_out(State(app): State<App>, Person(who): Person, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(session) = auth::bearer(&headers).or_else(|| cookie::read(&headers, &app.config)) {
        app.campanile.sign_out(session).await?;
    }
    // Other sessions of the person come back by themselves; this one cannot.
    app.hub.close_person(who.id);
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie::write(None, &app.config) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
