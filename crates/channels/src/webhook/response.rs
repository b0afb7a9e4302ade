//! The response of a receiver: read up to a size limit, with secrets removed, and safe to show.

use std::{fmt, time::Duration};

use campanile_shared::text;
use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use tokio::time::{Instant, timeout_at};

use super::retry_after::parse_retry_after;

/// The most bytes of a body that are read. After that the connection is closed.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The length of the stored excerpt, in characters.
const EXCERPT_LENGTH: usize = 300;

/// A response. [`Display`](fmt::Display) writes one line for people: the status and the beginning of the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookResponse {
    /// The status code.
    pub status: u16,
    /// The shortest wait before the next attempt, from `Retry-After` (RFC 9110 §10.2.3); at most one day.
    pub retry_after: Option<Duration>,
    /// The beginning of the body: one line of at most 300 characters, without disruptive characters and without secrets of the
    /// request.
    pub excerpt: String,
}

impl fmt::Display for WebhookResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(reason) = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason()) {
            write!(f, " {reason}")?;
        }
        if self.excerpt.is_empty() { Ok(()) } else { write!(f, ": {}", self.excerpt) }
    }
}

impl WebhookResponse {
    /// Reads a response until the deadline. Every occurrence of `values_to_redact` is removed from the excerpt.
    pub(super) async fn read(mut response: Response, deadline: Instant, secrets: &[String], now: DateTime<Utc>) -> Self {
        let status = response.status().as_u16();
        let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = wait.and_then(|wait| parse_retry_after(wait, now));
        let mut body = Vec::new();
        // Only the status matters. A body that breaks off or never ends changes nothing.
        while let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await {
            let room = MAX_BODY_BYTES - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == MAX_BODY_BYTES {
                break;
            }
        }
        Self { status, retry_after, excerpt: excerpt(&String::from_utf8_lossy(&body), secrets) }
    }
}

fn excerpt(body: &str, secrets: &[String]) -> String {
    let kept = secrets.iter().fold(body.to_owned(), |body, secret| body.replace(secret, "…"));
    // Cut first, so that the whole body need not be processed for one line.
    let beginning: String = kept.chars().take(EXCERPT_LENGTH * 4).collect();
    let line = text::one_line(&beginning);
    let end = line.char_indices().nth(EXCERPT_LENGTH).map_or(line.len(), |(end, _)| end);
    line[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::redaction::values_to_redact;
    use super::*;
    use campanile_domain::model::http_request::HttpRequest;

    #[test]
    fn what_was_secret_stays_secret() {
        let post = HttpRequest {
            headers: vec![("Authorization".into(), "Bearer abcdefgh".into()), ("Content-Type".into(), "application/json".into())],
            secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
            ..HttpRequest::default()
        };
        let secrets = values_to_redact(&post, &"https://a.example/x?token=12345".parse().unwrap());
        let body = "Bearer abcdefgh, application/json, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,\r\n /x?token=12345\u{202E}\0";
        assert_eq!(excerpt(body, &secrets), "Bearer …, application/json, …, /x?…");
        assert_eq!(excerpt(&"é".repeat(100_000), &[]).chars().count(), 300);
    }
}
