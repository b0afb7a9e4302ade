//! Signs people in and out.

use std::net::SocketAddr;

use axum::{
    Json as Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Error, Person as Who, SecretHash,
    model::{secret::SecretKind, token::IssuedSecret},
    password_hashing::HashingCaller,
    security_log::{Entry, event::SecurityEvent},
};
use campanile_shared::{SignIn, sign_in::Session};

use super::body::Json;
use crate::{
    auth::{Person, bearer_token, cookie::Cookie, csrf},
    client_ip::rate_limit_key,
    problem::ApiError,
    rate_limits::sign_in_limiter::{SignInAttempt, SignInSubject},
    state::AppState,
};

/// Sign in with a password or a one-use link.
///
/// A page of the server's own origin gets a cookie. A console on another, allowed origin gets the session
/// as a bearer token in the response. A session sent with the request ends.
#[utoipa::path(post, operation_id = "sign_in", path = "/session", tag = "session", security(()), request_body = SignIn, responses(
    (status = 201, description = "Signed in", body = Session),
    (status = 401, description = "The credentials are wrong, or the link was already used"),
    (status = 429, description = "Too many attempts; `Retry-After` says when to try again"),
))]
pub async fn sign_in(
    State(app): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    Json(credentials): Json<SignIn>,
) -> Result<Response, ApiError> {
    let is_same_origin = csrf::is_same_origin(&uri, &headers, &app.config);
    let (who, session) = log_sign_in(&credentials, authenticate(&app, peer, &headers, &credentials).await)?;
    end_previous_session(&app, is_same_origin, &headers).await?;
    let token = (!is_same_origin).then(|| session.secret.clone());
    let mut response = (StatusCode::CREATED, Body(Session { token, expires_at: session.expires_at })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if is_same_origin {
        set_cookie(&mut response, Cookie::Session, Some(&session.secret), &app);
        remember_browser(&app, &who, &headers, &mut response).await?;
    }
    Ok(response)
}

/// Writes the attempt and its outcome to the security log.
fn log_sign_in(with: &SignIn, proven: Result<(Who, IssuedSecret), Error>) -> Result<(Who, IssuedSecret), Error> {
    let entry = Entry::new(SecurityEvent::SignIn);
    let entry = match (&proven, with) {
        (Ok((who, _)), _) => entry.by_person(who).subject(&who.login),
        (Err(_), SignIn::Password { tenant, login, .. }) => entry.tenant(tenant).subject(login),
        (Err(_), SignIn::Link { .. }) => entry,
    };
    entry.detail(if matches!(with, SignIn::Link { .. }) { "link" } else { "password" }).finished(&proven);
    proven
}

/// Checks the credentials within the sign-in limits, and returns the person with a new session.
async fn authenticate(app: &AppState, peer: SocketAddr, headers: &HeaderMap, with: &SignIn) -> Result<(Who, IssuedSecret), Error> {
    let campanile = &app.campanile;
    let (account, subject) = match with {
        SignIn::Password { tenant, login, .. } => {
            let account = campanile.account(tenant, login).await?;
            (account, SignInSubject::of(tenant, login, account))
        }
        SignIn::Link { .. } => (None, SignInSubject::Unidentified),
    };
    let browser = match (account, Cookie::Browser.read(headers, &app.config)) {
        (Some(account), Some(kept)) if campanile.is_known_browser(kept, account).await? => Some(SecretHash::of(kept)),
        _ => None,
    };
    let by = if browser.is_some() { HashingCaller::Known } else { HashingCaller::Unknown };
    let attempt = SignInAttempt { address: rate_limit_key(peer, headers, &app.config), subject, browser };
    let work = async {
        let who = match with {
            SignIn::Password { password, .. } => campanile.person_with_password(account, password, by).await?,
            SignIn::Link { link } => campanile.redeem_sign_in_link(link).await?,
        };
        let session = campanile.create_session(&who).await?;
        Ok((who, session))
    };
    app.rate_limits.sign_in(attempt, work).await
}

/// Ends the session sent with the request, which the new one replaces. A cookie counts only when the
/// request comes from the server's own pages.
async fn end_previous_session(app: &AppState, is_same_origin: bool, headers: &HeaderMap) -> Result<(), Error> {
    let cookie = is_same_origin.then(|| Cookie::Session.read(headers, &app.config)).flatten();
    for former in
        bearer_token::from_headers(headers).into_iter().chain(cookie).filter(|text| SecretKind::of(text) == Some(SecretKind::Session))
    {
        app.campanile.sign_out(former).await?;
    }
    Ok(())
}

/// Sets the cookie of a known browser, replacing the one it had.
async fn remember_browser(app: &AppState, who: &Who, headers: &HeaderMap, response: &mut Response) -> Result<(), Error> {
    if let Some(before) = Cookie::Browser.read(headers, &app.config).filter(|text| SecretKind::of(text) == Some(SecretKind::KnownBrowser)) {
        app.campanile.forget_browser(before).await?;
    }
    let browser = app.campanile.remember_browser(who).await?;
    set_cookie(response, Cookie::Browser, Some(&browser.secret), app);
    Ok(())
}

fn set_cookie(response: &mut Response, cookie: Cookie, value: Option<&str>, app: &AppState) {
    if let Some(field) = cookie.write(value, &app.config) {
        response.headers_mut().append(header::SET_COOKIE, field);
    }
}

/// Sign out: the session ends at once.
#[utoipa::path(delete, operation_id = "sign_out", path = "/session", tag = "session", responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "There was no session"),
))]
pub async fn sign_out(State(app): State<AppState>, Person(who): Person, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(session) = bearer_token::from_headers(&headers).or_else(|| Cookie::Session.read(&headers, &app.config)) {
        app.campanile.sign_out(session).await?;
    }
    Entry::new(SecurityEvent::SignOut).by_person(&who).done();
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, Cookie::Session, None, &app);
    Ok(response)
}
