//! Errors of the server's own API as problem details (RFC 9457).
//!
//! A domain error becomes a response, and is logged, only here. Dialects have their own error types and
//! share only [`log`] and [`retry_after_seconds`].

use std::time::Duration;

use axum::{
    Router,
    extract::rejection::{BytesRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use campanile_shared::{FieldError, Problem, problem::FieldErrorCode};

/// An error response of the API.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    retry_after: Option<u64>,
}

impl ApiError {
    /// An error with a status and a kind: the last segment of its type, such as `not-found`.
    pub fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<Option<String>>) -> Self {
        let problem = Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        };
        Self { problem, retry_after: None }
    }

    /// 400: the body or a parameter cannot be parsed.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail.into())
    }

    /// 422: some fields are invalid. A control character that could break up an email message makes it 400,
    /// whatever other errors there are.
    pub fn invalid(errors: Vec<FieldError>, detail: impl Into<String>) -> Self {
        let breaks = errors.iter().any(|error| error.code == FieldErrorCode::ControlCharacter);
        let status = if breaks { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut refusal = Self::new(status, "invalid", "Some fields are invalid", detail.into());
        refusal.problem.errors = errors;
        refusal
    }

    /// The description of the error, for people.
    pub fn detail(&self) -> &str {
        self.problem.detail.as_deref().unwrap_or(&self.problem.title)
    }

    /// 401: the caller must sign in.
    pub fn unauthenticated() -> Self {
        Error::Unauthenticated.into()
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        log(&error);
        let detail = |text: &str| Some(text.to_owned());
        match error {
            Error::Unauthenticated => Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Sign in first",
                detail("Sign in, or send a valid token or API key."),
            ),
            Error::Forbidden => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail("Ask an administrator of the tenant for permission."))
            }
            Error::BellOnly => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Not allowed",
                detail("A portal's token is only for the bell: inbox, events and own preferences. Sign in for everything else."),
            ),
            Error::NotFound => Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", None),
            Error::Invalid(errors) => Self::invalid(errors, "Each entry of `errors` names a field and what is wrong with it."),
            Error::AlreadyExists => Self::new(StatusCode::CONFLICT, "exists", "Already exists", detail("Choose another name.")),
            Error::LastAdministrator => Self::new(
                StatusCode::CONFLICT,
                "last-administrator",
                "The tenant's last administrator",
                detail("Make another person an administrator first: a tenant needs at least one who is not disabled."),
            ),
            Error::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The Idempotency-Key was used with another body",
                detail("Use a new key for a new request."),
            ),
            Error::InProgress => Self::new(
                StatusCode::CONFLICT,
                "in-progress",
                "The first request with this Idempotency-Key is still running",
                detail("Try again in a moment."),
            ),
            Error::TooManyRequests { retry_after } => {
                let seconds = retry_after_seconds(retry_after);
                let text = format!("Try again in {seconds} seconds.");
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many attempts", text);
                refusal.retry_after = Some(seconds);
                refusal
            }
            Error::StorageFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "The server's disk is full",
                detail("Nothing was stored. Reading still works; sending works again when there is free space."),
            ),
            Error::Unavailable(_) => {
                let mut refusal = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The server cannot answer now",
                    detail("Try again in a moment."),
                );
                refusal.retry_after = Some(5);
                refusal
            }
        }
    }
}

/// Logs errors of the server for its operator. Errors caused by callers are logged at debug level.
pub fn log(error: &Error) {
    match error {
        Error::Unavailable(cause) => tracing::error!(%cause, "unavailable"),
        Error::StorageFull => tracing::error!("the disk is full: nothing can be stored"),
        _ => tracing::debug!(%error, "refused"),
    }
}

/// A duration for `Retry-After` (RFC 9110 §10.2.3): whole seconds, rounded up, because a client that
/// retries too early is rejected again.
pub fn retry_after_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let detail = "Send a smaller body.".to_owned();
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", detail);
        }
        Self::malformed(rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed(rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Error::NotFound.into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Catches panics of handlers, so that only the failing request is affected.
pub fn catch_panics<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
        tracing::error!("a handler panicked");
        let detail = "This is an error of the server. Try again, and tell its operator if it persists.".to_owned();
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "Something went wrong", detail).into_response()
    }))
}

/// 405 for a method that the path does not support.
pub async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This path does not support the method", None)
}

/// 404 for an unknown path.
pub async fn not_found() -> ApiError {
    Error::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_rounded_up() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (3_001, 4), (4_000, 4)] {
            assert_eq!(retry_after_seconds(Duration::from_millis(millis)), seconds, "{millis} ms");
        }
        assert_eq!(retry_after_seconds(Duration::from_nanos(1_000_000_001)), 2);
        assert_eq!(retry_after_seconds(Duration::MAX), u64::MAX);
    }
}
