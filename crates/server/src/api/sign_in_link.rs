//! Shows whom a sign-in link signs in. The console asks before the link replaces another person's session.

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
};
use campanile_shared::sign_in::{SignInLinkCode, SignInLinkPerson};

use super::body::Json;
use crate::{problem::ApiError, state::AppState};

/// Get the person that a sign-in link signs in.
///
/// The link stays unused. Its holder could sign in with it anyway.
#[utoipa::path(post, operation_id = "get_link_person", path = "/session/link", tag = "session", security(()), request_body = SignInLinkCode, responses(
    (status = 200, description = "The person", body = SignInLinkPerson),
    (status = 401, description = "The link is unknown, expired or already used"),
))]
pub async fn sign_in_link_person(
    State(app): State<AppState>,
    Json(SignInLinkCode { link }): Json<SignInLinkCode>,
) -> Result<([(HeaderName, HeaderValue); 1], Body<SignInLinkPerson>), ApiError> {
    let who = app.campanile.sign_in_link_person(&link).await?;
    let person = SignInLinkPerson { tenant: who.tenant_name, login: who.login, name: who.name };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Body(person)))
}
