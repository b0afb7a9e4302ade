//! The `Idempotency-Key` header, alike for our own API and every dialect.

use axum::http::HeaderMap;
use campanile_domain::{access::Actor, store::Claim};
use sha2::{Digest, Sha256};

/// The header's name.
pub const HEADER: &str = "idempotency-key";
/// The longest key, in bytes.
const LONGEST: usize = 255;

/// The key of a request; an error says what is wrong with it, for people.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    key.map(|key| Some(key.to_owned())).ok_or("Idempotency-Key must be 1 to 255 visible ASCII characters.")
}

/// The claim of a caller's key on one request of a call: equal keys of two callers, or of two
/// calls, are different.
pub fn claim(by: &Actor, call: &str, key: String, body: &[u8]) -> Claim {
    let scope = match by {
        Actor::Person(person) => format!("{call} person:{}", person.id.0),
        Actor::Sender(sender) => format!("{call} key:{}", sender.key.0),
    };
    Claim { scope, key, body: Sha256::digest(body).into(), answer: None }
}
