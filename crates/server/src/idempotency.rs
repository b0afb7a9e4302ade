//! The `Idempotency-Key` header, handled the same way in the API and all dialects.

use axum::http::HeaderMap;
use campanile_domain::model::{access::Actor, idempotency::IdempotencyKey};
use sha2::{Digest, Sha256};

/// The header's name.
pub const HEADER: &str = "idempotency-key";
/// The maximum length of a key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// The request's key, if it has one. The error is a text for people.
pub fn from_headers(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    key.map(|key| Some(key.to_owned())).ok_or("Idempotency-Key must be 1 to 255 visible ASCII characters.")
}

/// Scopes a key to a caller and a call, so that equal keys of two callers or two calls do not collide. The
/// hash of the body detects a key that is reused for another request.
pub fn scoped_key(by: &Actor, call: &str, key: String, body: &[u8]) -> IdempotencyKey {
    let scope = match by {
        Actor::Person(person) => format!("{call} person:{}", person.id.0),
        Actor::Sender(sender) => format!("{call} key:{}", sender.key.0),
        Actor::Operator { .. } => format!("{call} operator"),
    };
    IdempotencyKey { scope, key, body_sha256: Sha256::digest(body).into(), answer: None }
}
