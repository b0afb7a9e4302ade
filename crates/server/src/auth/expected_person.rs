//! Checks that a request with a session cookie is for the person that its page shows.
//!
//! The tabs of a browser share the session cookie. After another person signs in in one tab, the other tabs
//! still show the former person for a while. Their requests must not act for the new person.

use axum::http::{HeaderMap, StatusCode};
use campanile_domain::model::access::Person;
use campanile_shared::expected_person;

use crate::problem::ApiError;

/// Rejects a request that names another person than the session's.
pub fn check(headers: &HeaderMap, who: &Person) -> Result<(), ApiError> {
    let is_theirs = |named: &[u8]| named == expected_person::header_value(&who.tenant_name, &who.login).as_bytes();
    if headers.get_all(expected_person::HEADER_NAME).iter().all(|named| is_theirs(named.as_bytes())) {
        return Ok(());
    }
    let detail = "The session belongs to another person than the one the request names. Ask the API who is signed in.";
    Err(ApiError::new(StatusCode::CONFLICT, expected_person::PROBLEM_KIND, "Another person is signed in", detail.to_owned()))
}
