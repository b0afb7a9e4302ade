//! Errors of this dialect: `errorCode`, `errorDescription`, `errorUID`.

use std::borrow::Cow;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{dialects::body::BodyError, problem};

/// An error response of this dialect.
#[derive(Debug)]
pub struct MyKaarmaError {
    status: StatusCode,
    code: &'static str,
    description: Cow<'static, str>,
    retry_after: Option<u64>,
}

impl MyKaarmaError {
    fn new(status: StatusCode, code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, description: description.into(), retry_after: None }
    }

    /// 400.
    pub fn bad_request(code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, description)
    }

    /// 404: the path is unknown.
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Nothing was found at this path.")
    }

    /// 405: the path does not support the method.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "The path supports only POST.")
    }

    /// The HTTP response to the request with this id.
    pub fn into_response_for(self, request: Uuid) -> Response {
        #[derive(Serialize)]
        struct ErrorBody {
            #[serde(rename = "notificationMessageUUID")]
            id: Option<Uuid>,
            status: &'static str,
            #[serde(rename = "requestUUID")]
            request: Uuid,
            errors: [Value; 1],
            warnings: [Value; 0],
        }
        let error = json!({"errorCode": self.code, "errorDescription": self.description, "errorUID": request});
        let body = ErrorBody { id: None, status: "FAILURE", request, errors: [error], warnings: [] };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Campanile\", charset=\"UTF-8\""));
        }
        response
    }
}

impl From<Error> for MyKaarmaError {
    fn from(error: Error) -> Self {
        problem::log(&error);
        let mut refusal = match error {
            Error::Unauthenticated => Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "The credentials are missing or wrong."),
            Error::Forbidden | Error::BellOnly => Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "The credentials do not allow this."),
            Error::NotFound => Self::no_such_path(),
            Error::Invalid(_) => Self::bad_request("INVALID_RECIPIENTS", "A named recipient was removed."),
            Error::AlreadyExists | Error::LastAdministrator => Self::new(StatusCode::CONFLICT, "CONFLICT", "It already exists."),
            Error::IdempotencyKeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", "The Idempotency-Key was used with another body.")
            }
            Error::InProgress => {
                Self::new(StatusCode::CONFLICT, "IDEMPOTENCY_KEY_IN_USE", "The first request with this Idempotency-Key is still running.")
            }
            Error::TooManyRequests { retry_after } => {
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "Too many requests.");
                refusal.retry_after = Some(problem::retry_after_seconds(retry_after));
                refusal
            }
            Error::StorageFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "STORAGE_FULL", "The server's disk is full; nothing was stored.")
            }
            Error::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "The server cannot answer now."),
        };
        if matches!(refusal.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE) {
            refusal.retry_after = Some(1);
        }
        refusal
    }
}

impl From<BodyError> for MyKaarmaError {
    fn from(unreadable: BodyError) -> Self {
        match unreadable {
            BodyError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The body is too large."),
            BodyError::Compressed => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.")
            }
            BodyError::Incomplete => Self::bad_request("MALFORMED_REQUEST", "The body was not received completely."),
        }
    }
}
