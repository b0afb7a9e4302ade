//! Reads bearer tokens (RFC 6750).

use axum::http::{HeaderMap, header, request::Parts};
use campanile_domain::{Error, model::secret::SecretKind};

/// The token of an `Authorization: Bearer …` header. The scheme is case-insensitive.
pub fn from_headers(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}

/// Rejects API keys, valid or not, where only people are allowed.
pub fn reject_api_keys(parts: &Parts) -> Result<(), Error> {
    match from_headers(&parts.headers) {
        Some(token) if SecretKind::of(token) == Some(SecretKind::ApiKey) => Err(Error::Forbidden),
        _ => Ok(()),
    }
}
