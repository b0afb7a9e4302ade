//! Signs a person in for a bearer token, and out.

use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Person,
    model::access::Actor,
    security_log::{Entry, event::SecurityEvent},
};
use serde_json::json;

use super::errors::GraviteeError;
use crate::{auth::bearer_token, state::AppState};

/// `POST …/user/login`: starts a session and returns it as a bearer token.
pub async fn login(app: &AppState, who: &Person) -> Result<Response, GraviteeError> {
    let session = app.campanile.create_session(who).await?;
    Entry::new(SecurityEvent::SignIn).by_person(who).detail("gravitee").done();
    Ok(Json(json!({"type": "BEARER", "token": session.secret})).into_response())
}

/// `POST /portal/…/auth/login`: the same, with the portal's field names.
pub async fn portal_login(app: &AppState, who: &Person) -> Result<Response, GraviteeError> {
    let session = app.campanile.create_session(who).await?;
    Entry::new(SecurityEvent::SignIn).by_person(who).detail("gravitee portal").done();
    Ok(Json(json!({"token_type": "BEARER", "token": session.secret})).into_response())
}

/// `POST …/logout`: ends the session of the token.
pub async fn logout(app: &AppState, by: &Actor, headers: &HeaderMap) -> Result<Response, GraviteeError> {
    if let Some(token) = bearer_token::from_headers(headers) {
        app.campanile.sign_out(token).await?;
        Entry::new(SecurityEvent::SignOut).by(by).detail("gravitee").done();
    }
    Ok(StatusCode::OK.into_response())
}
