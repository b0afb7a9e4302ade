//! Errors of our own API as problem details (RFC 9457).
//!
//! The one place where a domain error becomes a response, and where it is logged. Dialects have
//! error types of their own and share only [`log`] and [`whole_seconds`].

use std::time::Duration;

use axum::{
    Router,
    extract::rejection::{BytesRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use campanile_shared::{FieldError, Problem, problem::FieldFault};

use crate::app::App;

/// A problem on its way to the client.
#[derive(Debug)]
pub struct Refusal {
    problem: Problem,
    retry_after: Option<u64>,
}

impl Refusal {
    /// A problem of this status and kind, the last part of its type such as `not-found`.
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

    /// A request whose body or parameters cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail.into())
    }

    /// A request that can be read, with fields that cannot be taken. What would put a control character
    /// where it could break a message apart is a bad request, whatever else it is.
    pub fn invalid(errors: Vec<FieldError>, detail: impl Into<String>) -> Self {
        let breaks = errors.iter().any(|error| error.code == FieldFault::ControlCharacter);
        let status = if breaks { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut refusal = Self::new(status, "invalid", "Some fields need mending", detail.into());
        refusal.problem.errors = errors;
        refusal
    }

    /// What is wrong, in a sentence.
    pub fn detail(&self) -> &str {
        self.problem.detail.as_deref().unwrap_or(&self.problem.title)
    }

    /// A caller who must say who they are.
    pub fn unauthenticated() -> Self {
        Error::Unauthenticated.into()
    }
}

impl From<Error> for Refusal {
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
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail("Ask an administrator of the tenant for the right."))
            }
            Error::BellOnly => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Not allowed",
                detail("A portal's token is for the bell: inbox, events and own preferences. Sign in for the rest."),
            ),
            Error::NotFound => Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", None),
            Error::Invalid(errors) => Self::invalid(errors, "Each entry of errors names a field and what is wrong with it."),
            Error::Exists => Self::new(StatusCode::CONFLICT, "exists", "Already there", detail("Choose another name.")),
            Error::LastAdministrator => Self::new(
                StatusCode::CONFLICT,
                "last-administrator",
                "The tenant's last administrator",
                detail("Make somebody else an administrator first: a tenant keeps at least one who is not disabled."),
            ),
            Error::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The Idempotency-Key was used with another body",
                detail("Use a new key for a new request."),
            ),
            Error::InProgress => Self::new(
                StatusCode::CONFLICT,
                "in-progress",
                "The first request with this Idempotency-Key is still running",
                detail("Wait a moment and ask again."),
            ),
            Error::TooMany { retry_after } => {
                let seconds = whole_seconds(retry_after);
                let text = format!("Try again in {seconds} seconds.");
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many attempts", text);
                refusal.retry_after = Some(seconds);
                refusal
            }
            Error::Full => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "The server's disk is full",
                detail("Nothing was stored. Reading goes on; sending works again as soon as there is room."),
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

/// Logs what an operator must know of: failures of ours, never mistakes of callers.
pub fn log(error: &Error) {
    match error {
        Error::Unavailable(cause) => tracing::error!(%cause, "unavailable"),
        Error::Full => tracing::error!("the disk is full: nothing can be stored"),
        _ => tracing::debug!(%error, "refused"),
    }
}

/// A wait as `Retry-After` has it (RFC 9110 §10.2.3): whole seconds, rounded up, for whoever comes
/// back sooner is refused again.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let detail = "Send less at once.".to_owned();
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", detail);
        }
        Self::malformed(rejection.body_text())
    }
}

impl From<QueryRejection> for Refusal {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed(rejection.body_text())
    }
}

impl From<PathRejection> for Refusal {
    fn from(_: PathRejection) -> Self {
        Error::NotFound.into()
    }
}

impl IntoResponse for Refusal {
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

/// Catches panics of handlers, so that one request's fault stays its own.
pub fn contain(routes: Router<App>) -> Router<App> {
    routes.layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
        tracing::error!("a handler panicked");
        let detail = "This is a fault of the server. Try again, and tell its operator if it stays.".to_owned();
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "Something went wrong", detail).into_response()
    }))
}

/// The answer for a method that a path does not know.
pub async fn method_not_allowed() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This path does not know the method", None)
}

/// The answer for a path that is not there.
pub async fn not_found() -> Refusal {
    Error::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_whole_seconds_and_never_too_short() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (3_001, 4), (4_000, 4)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds, "{millis} ms");
        }
        assert_eq!(whole_seconds(Duration::from_nanos(1_000_000_001)), 2);
        assert_eq!(whole_seconds(Duration::MAX), u64::MAX);
    }
}
