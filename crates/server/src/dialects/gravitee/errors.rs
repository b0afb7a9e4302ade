//! Errors of this dialect in two formats. The console's: `message`, `http_status`, `technicalCode`,
//! `parameters`. The portal's: a list `errors` of `status`, `code`, `message`, `parameters`.
//!
//! From the original: the formats, and the codes and texts for messages and notifications. Decided here:
//! the codes of 404 for a path, 405, 409, 413, 422, 429, 503 and 507.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{dialects::body::BodyError, problem};

/// An error response of this dialect.
#[derive(Debug)]
pub struct GraviteeError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    parameters: Map<String, Value>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
}

/// The body of an error of the portal's API.
#[derive(Serialize)]
struct PortalErrors<'a> {
    errors: [PortalError<'a>; 1],
}

/// An error of the portal's API: the status is a string, and every code starts with `errors.`.
#[derive(Serialize)]
struct PortalError<'a> {
    status: String,
    code: String,
    message: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    parameters: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct ConsoleError<'a> {
    message: &'a str,
    http_status: u16,
    #[serde(rename = "technicalCode")]
    code: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    parameters: &'a Map<String, Value>,
}

impl GraviteeError {
    /// An error without parameters.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), parameters: Map::new(), retry_after: None, allow: None }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with_parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// 400: the message has neither title nor text.
    pub fn empty_message() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "message.empty", "Message (title+text) is empty.")
    }

    /// 400: the recipients are missing or invalid.
    pub fn invalid_recipients() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "message.recipient.invalid", "Message recipients selection is missing or wrong.")
    }

    /// 400: the operator does not allow this URL.
    pub fn forbidden_url() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "messageUrl.forbidden", "This url is forbidden. Please, contact your administrator")
    }

    /// 400: the operator has disabled messages to URLs.
    pub fn notifier_disabled() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "notifier.disabled", "This notifier is disabled. Please, contact your administrator.")
    }

    /// 404: no API has this id.
    pub fn api_not_found(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "api.notFound", format!("Api [{id}] cannot be found.")).with_parameter("api", id)
    }

    /// 404: none of the caller's notifications has this id.
    pub fn notification_not_found(id: &str) -> Self {
        let message = format!("Portal notification [{id}] cannot be found.");
        Self::new(StatusCode::NOT_FOUND, "notification.portal.notFound", message).with_parameter("notification", id)
    }

    /// 400: the page does not exist (the portal's `errors.pagination.invalid`).
    pub fn invalid_page() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "pagination.invalid", "Pagination is not valid")
    }

    /// 400: title or text is longer than the common limits (decided here).
    pub fn too_long(field: &'static str, limit: usize) -> Self {
        let refusal = Self::new(StatusCode::BAD_REQUEST, "message.tooLong", format!("The {field} has more than {limit} characters."));
        refusal.with_parameter("field", field).with_parameter("limit", limit)
    }

    /// 400: the request cannot be parsed.
    pub fn malformed(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unexpected", what)
    }

    /// 415: the body is not JSON, or it is compressed.
    pub fn unsupported_media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType", "The body must be JSON, and not be compressed.")
    }

    /// 404: the path is unknown.
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", "Nothing was found at this path.")
    }

    /// 405: the path supports only the methods in `allow` (RFC 9110 §15.5.6).
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", "The path does not support this method.");
        Self { allow: Some(allow), ..refusal }
    }
}

impl From<Error> for GraviteeError {
    fn from(error: Error) -> Self {
        problem::log(&error);
        let mut refusal = match error {
            Error::Unauthenticated => Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Full authentication is required."),
            Error::Forbidden | Error::BellOnly => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "You do not have sufficient rights to access this resource")
            }
            Error::NotFound => Self::no_such_path(),
            Error::Invalid(_) => Self::invalid_recipients(),
            Error::AlreadyExists | Error::LastAdministrator => Self::new(StatusCode::CONFLICT, "conflict", "It already exists."),
            Error::IdempotencyKeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotencyKey.reused", "The Idempotency-Key was used with another body.")
            }
            Error::InProgress => {
                Self::new(StatusCode::CONFLICT, "idempotencyKey.inUse", "The first request with this Idempotency-Key is still running.")
            }
            Error::TooManyRequests { retry_after } => {
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "tooManyRequests", "Too many requests.");
                refusal.retry_after = Some(problem::retry_after_seconds(retry_after));
                refusal
            }
            Error::StorageFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "insufficientStorage", "The server's disk is full; nothing was stored.")
            }
            Error::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The server cannot answer now."),
        };
        if matches!(refusal.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE) {
            refusal.retry_after = Some(1);
        }
        refusal
    }
}

impl From<BodyError> for GraviteeError {
    fn from(unreadable: BodyError) -> Self {
        match unreadable {
            BodyError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payloadTooLarge", "The body is too large."),
            BodyError::Compressed => Self::unsupported_media_type(),
            BodyError::Incomplete => Self::malformed("The body was not received completely."),
        }
    }
}

impl GraviteeError {
    /// The response in the portal's or the console's format.
    pub fn into_response_for(self, portal: bool) -> Response {
        let mut response = if portal { self.portal_body() } else { self.console_body() };
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

    fn console_body(&self) -> Response {
        let body =
            ConsoleError { message: &self.message, http_status: self.status.as_u16(), code: self.code, parameters: &self.parameters };
        (self.status, axum::Json(body)).into_response()
    }

    fn portal_body(&self) -> Response {
        let error = PortalError {
            status: self.status.as_u16().to_string(),
            code: format!("errors.{}", self.code),
            message: &self.message,
            parameters: &self.parameters,
        };
        (self.status, axum::Json(PortalErrors { errors: [error] })).into_response()
    }
}
