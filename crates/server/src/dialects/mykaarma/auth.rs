//! Authenticates a request by HTTP Basic (RFC 7617).

use axum::http::HeaderMap;
use campanile_domain::{Error, model::access::Actor};

use super::errors::MyKaarmaError;
use crate::{auth::basic, state::AppState};

/// Returns the caller: the user is the API key's name, the password its secret.
pub async fn authenticate(app: &AppState, headers: &HeaderMap) -> Result<Actor, MyKaarmaError> {
    let (name, key) = basic::from_headers(headers).ok_or(Error::Unauthenticated)?;
    let sender = app.campanile.sender(&key).await?;
    if sender.name != name {
        return Err(Error::Unauthenticated.into());
    }
    app.rate_limits.count_key_request(&sender)?;
    Ok(Actor::Sender(sender))
}
