//! For whom a request is meant, where a cookie says whose it is.
//!
//! The tabs of a browser share the cookie of the session. When another person signs in in one of them, the others
//! show the person before until they hear of it, and what is done there meanwhile is not the new person's.

use axum::http::{HeaderMap, StatusCode};
use campanile_domain::access::Person;
use campanile_shared::expected_person;

use crate::problem::Refusal;

/// Refuses a request that names another person than the one whose session the cookie is.
pub fn check(headers: &HeaderMap, who: &Person) -> Result<(), Refusal> {
    let is_theirs = |named: &[u8]| named == expected_person::name(&who.tenant_name, &who.login).as_bytes();
    if headers.get_all(expected_person::HEADER).iter().all(|named| is_theirs(named.as_bytes())) {
        return Ok(());
    }
    let detail = "The session is of another person than the one the request names. Ask who is signed in.";
    Err(Refusal::new(StatusCode::CONFLICT, expected_person::REFUSED, "Another person is signed in", detail.to_owned()))
}
