//! Changes the signed-in person's password.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::security_log::{Entry, event::SecurityEvent};
use campanile_shared::password::PasswordChange;

use super::body::Json;
use crate::{
    auth::{SessionPerson, bearer_token, cookie::Cookie},
    problem::ApiError,
    state::AppState,
};

/// Change my password.
///
/// All my other sessions, sign-in links and known browsers end; tokens for programs stay valid. This
/// requires a session; tokens cannot do it. A person without a password gets the first one from the
/// server's operator.
#[utoipa::path(put, operation_id = "change_password", path = "/me/password", tag = "me", request_body = PasswordChange, responses(
    (status = 204, description = "Changed"),
    (status = 401, description = "No person is signed in"),
    (status = 403, description = "The caller has no session"),
    (status = 422, description = "`current` is wrong; or `new` is too short, too long, too common or the same"),
    (status = 429, description = "`current` was wrong too often; `Retry-After` says when to try again"),
))]
pub async fn change_password(
    State(app): State<AppState>,
    SessionPerson(who, session): SessionPerson,
    headers: HeaderMap,
    Json(change): Json<PasswordChange>,
) -> Result<Response, ApiError> {
    let work = app.campanile.change_password(&who, &session, &change.current, &change.new);
    let changed = app.rate_limits.password_change(who.id, work).await;
    Entry::new(SecurityEvent::PasswordSet).by_person(&who).subject(&who.login).detail("own").finished(&changed);
    changed?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if bearer_token::from_headers(&headers).is_none() {
        let browser = app.campanile.remember_browser(&who).await?;
        if let Some(field) = Cookie::Browser.write(Some(&browser.secret), &app.config) {
            response.headers_mut().append(header::SET_COOKIE, field);
        }
    }
    Ok(response)
}
