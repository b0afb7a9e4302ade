//! Authenticates a request by its token.

use axum::http::{HeaderMap, header};
use campanile_domain::Error;

use super::errors::SelfCommunityError;
use crate::{
    auth::{Caller, bearer_token},
    state::AppState,
};

/// Returns the caller.
pub async fn authenticate(app: &AppState, headers: &HeaderMap) -> Result<Caller, SelfCommunityError> {
    let token = bearer_or_token(headers).ok_or(Error::Unauthenticated)?;
    Ok(Caller::from_bearer_token(app, token).await?)
}

/// The token of `Authorization: Bearer …`, or of `Token …`, which clients of the vendor's framework send.
fn bearer_or_token(headers: &HeaderMap) -> Option<&str> {
    let own = || {
        let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("token").then(|| token.trim())
    };
    bearer_token::from_headers(headers).or_else(own)
}
