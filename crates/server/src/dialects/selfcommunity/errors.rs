//! Errors of this dialect: a list of invalid fields, or of messages.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use serde_json::{Value, json};

use crate::{dialects::body::BodyError, problem};

/// An error response of this dialect.
#[derive(Debug)]
pub struct SelfCommunityError {
    status: StatusCode,
    errors: Vec<Value>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
}

impl SelfCommunityError {
    /// An error that is not about a field.
    pub fn new(status: StatusCode, code: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, errors: vec![json!({"message": message.into(), "code": code})], retry_after: None, allow: None }
    }

    /// 400: invalid fields, each with a message and a code.
    pub fn invalid_fields(faults: &[(&str, &str, &str)]) -> Self {
        let errors = faults.iter().map(|(field, message, code)| json!({"field": field, "messages": [{"message": message, "code": code}]}));
        Self { status: StatusCode::BAD_REQUEST, errors: errors.collect(), retry_after: None, allow: None }
    }

    /// 404: the path is unknown.
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found.")
    }

    /// 405: the path supports only the methods in `allow` (RFC 9110 §15.5.6).
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed.");
        Self { allow: Some(allow), ..refusal }
    }

    /// 400: the request cannot be parsed.
    pub fn malformed(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parse_error", what)
    }
}

impl From<Error> for SelfCommunityError {
    fn from(error: Error) -> Self {
        problem::log(&error);
        let mut refusal = match error {
            Error::Unauthenticated => {
                Self::new(StatusCode::UNAUTHORIZED, "not_authenticated", "Authentication credentials were not provided or are invalid.")
            }
            Error::Forbidden | Error::BellOnly => {
                Self::new(StatusCode::FORBIDDEN, "permission_denied", "You do not have permission to perform this action.")
            }
            Error::NotFound => Self::no_such_path(),
            Error::Invalid(_) => Self::invalid_fields(&[("user", "Invalid user.", "does_not_exist")]),
            Error::AlreadyExists | Error::LastAdministrator => Self::new(StatusCode::CONFLICT, "conflict", "It already exists."),
            Error::IdempotencyKeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The Idempotency-Key was used with another body.")
            }
            Error::InProgress => {
                Self::new(StatusCode::CONFLICT, "idempotency_key_in_use", "The first request with this Idempotency-Key is still running.")
            }
            Error::TooManyRequests { retry_after } => {
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "Request was throttled.");
                refusal.retry_after = Some(problem::retry_after_seconds(retry_after));
                refusal
            }
            Error::StorageFull => Self::new(StatusCode::INSUFFICIENT_STORAGE, "full", "The server's disk is full; nothing was stored."),
            Error::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The server cannot answer now."),
        };
        if matches!(refusal.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE) {
            refusal.retry_after = Some(1);
        }
        refusal
    }
}

impl From<BodyError> for SelfCommunityError {
    fn from(unreadable: BodyError) -> Self {
        match unreadable {
            BodyError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large."),
            BodyError::Compressed => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must not be compressed.")
            }
            BodyError::Incomplete => Self::malformed("The body was not received completely."),
        }
    }
}

impl IntoResponse for SelfCommunityError {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(json!({"errors": self.errors}))).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
