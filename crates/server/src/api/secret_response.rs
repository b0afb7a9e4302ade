//! The response to a call that creates a secret.

use axum::{
    Json as Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A 201 response that holds a secret and must not be cached.
pub fn secret_response(secret: impl serde::Serialize) -> Response {
    let mut response = (StatusCode::CREATED, Body(secret)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
