//! Errors of this dialect: `type`, `detail`, `parameters`.
//!
//! Documented by the vendor: the format, and the types of 400, 401, 403, 404, 406, 415, 429 and 503
//! with their texts and parameters. Decided here: name and value of a 400's parameters (the name is the
//! field's path, such as `content[0].title`), and the types of 405, 409, 413, 422 and 507.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use serde::Serialize;

use crate::{dialects::body::BodyError, problem};

/// The prefix of every error type.
const TYPE_PREFIX: &str = "https://errors-api.cloud.com/common/";

/// An error response of this dialect.
#[derive(Debug)]
pub struct CitrixError {
    status: StatusCode,
    suffix: &'static str,
    detail: Cow<'static, str>,
    parameters: Vec<Parameter>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
}

/// A machine-readable detail of an error.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct Parameter {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
}

/// What is wrong with a field; the names are the vendor's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FieldErrorKind {
    /// The field is required, and it is absent, null or blank.
    Missing,
    /// The value is not in the enumeration.
    InvalidEnum,
    /// The text has more characters than the limit.
    TooLong,
    /// The list has more entries than the limit.
    OutOfRange,
    /// The value is not a string, or a string of the wrong format.
    InvalidString,
    /// The value has the wrong type, or the field appears twice.
    InvalidJson,
}

impl FieldErrorKind {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::InvalidEnum => "invalidEnum",
            Self::TooLong => "tooLong",
            Self::OutOfRange => "outOfRange",
            Self::InvalidString => "invalidString",
            Self::InvalidJson => "invalidJson",
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Missing => "A required value is missing",
            Self::InvalidEnum => "A value is none of the enumeration's names",
            Self::TooLong => "A text is too long",
            Self::OutOfRange => "There are too many entries",
            Self::InvalidString => "A text is invalid",
            Self::InvalidJson => "The JSON cannot be read",
        }
    }
}

impl CitrixError {
    /// An error without parameters.
    pub fn new(status: StatusCode, suffix: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, suffix, detail: detail.into(), parameters: Vec::new(), retry_after: None, allow: None }
    }

    /// The HTTP status.
    #[cfg(test)]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.parameters.push(Parameter { name: name.into(), value: value.into() });
        self
    }

    /// Sets the `Allow` header.
    #[must_use]
    pub const fn with_allow(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }

    /// 400: an invalid field. `value` is the rejected value or the limit.
    pub fn invalid_field(fault: FieldErrorKind, field: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, fault.suffix(), fault.detail()).with_parameter(field, value)
    }

    /// 401: `reason` is `missing` or `invalid`.
    pub fn unauthenticated(reason: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authentication", "Missing or invalid authentication details").with_parameter("reason", reason)
    }

    /// 403: the credentials are valid but not sufficient.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "authorization", "Access denied")
    }

    /// 404: with the kind and id of the entity, as the vendor requires.
    pub fn not_found(kind: &'static str, id: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", "Not found").with_parameter("entityType", kind).with_parameter("id", id)
    }

    /// 429 or 503: with the seconds to wait before a retry.
    fn retry_later(status: StatusCode, suffix: &'static str, what: &str, after: Duration) -> Self {
        let seconds = problem::retry_after_seconds(after);
        let mut refusal = Self::new(status, suffix, format!("{what}; try again in {seconds} seconds"));
        refusal.retry_after = Some(seconds);
        refusal.with_parameter("retryDelay", seconds.to_string())
    }
}

impl From<Error> for CitrixError {
    fn from(error: Error) -> Self {
        problem::log(&error);
        match error {
            Error::Unauthenticated => Self::unauthenticated("invalid"),
            Error::Forbidden | Error::BellOnly => Self::forbidden(),
            Error::NotFound => Self::not_found("entity", ""),
            // All fields were validated before. The only error left is the one administrator who was removed
            // meanwhile.
            Error::Invalid(_) => Self::invalid_field(FieldErrorKind::InvalidString, "destinationAdmin", ""),
            Error::AlreadyExists | Error::LastAdministrator => Self::new(StatusCode::CONFLICT, "conflict", "It already exists"),
            Error::IdempotencyKeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotencyKeyReused", "The Idempotency-Key was used with another body")
            }
            Error::InProgress => {
                let mut refusal =
                    Self::new(StatusCode::CONFLICT, "idempotencyKeyInUse", "The first request with this Idempotency-Key is still running");
                refusal.retry_after = Some(1);
                refusal
            }
            Error::TooManyRequests { retry_after } => {
                Self::retry_later(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded", "Rate limit exceeded", retry_after)
            }
            Error::StorageFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "insufficientStorage", "The server's disk is full; nothing was stored")
            }
            Error::Unavailable(_) => {
                let soon = Duration::from_secs(4);
                Self::retry_later(StatusCode::SERVICE_UNAVAILABLE, "serviceUnavailable", "Service is unavailable", soon)
            }
        }
    }
}

impl From<BodyError> for CitrixError {
    fn from(unreadable: BodyError) -> Self {
        match unreadable {
            BodyError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payloadTooLarge", "The body is too large"),
            BodyError::Compressed => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType", "The body must not be compressed")
            }
            BodyError::Incomplete => {
                Self::new(StatusCode::BAD_REQUEST, FieldErrorKind::InvalidJson.suffix(), "The body was not received completely")
            }
        }
    }
}

impl From<serde_json::Error> for CitrixError {
    fn from(error: serde_json::Error) -> Self {
        Self::invalid_field(FieldErrorKind::InvalidJson, "line", error.line().to_string())
            .with_parameter("column", error.column().to_string())
    }
}

/// The body of an error response.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    detail: &'a str,
    parameters: &'a [Parameter],
}

impl IntoResponse for CitrixError {
    fn into_response(self) -> Response {
        let body = Body { kind: format!("{TYPE_PREFIX}{}", self.suffix), detail: &self.detail, parameters: &self.parameters };
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("CwsAuth"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_rounded_up() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (3001, 4), (4000, 4)] {
            let refusal = CitrixError::from(Error::TooManyRequests { retry_after: Duration::from_millis(millis) });
            assert_eq!(refusal.retry_after, Some(seconds), "{millis} ms");
            assert_eq!(refusal.detail, format!("Rate limit exceeded; try again in {seconds} seconds"));
        }
    }
}
