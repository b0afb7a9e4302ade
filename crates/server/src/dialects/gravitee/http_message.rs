//! Posts a message to a URL, which the operator's allow list must cover.

use axum::http::StatusCode;
use campanile_domain::{
    Error,
    model::{
        access::Actor,
        attempt_result::AttemptOutcome,
        http_request::HttpRequest,
        idempotency::IdempotencyKey,
        masked_url::mask_url,
        notification::Message,
        routing::{Destination, Routing},
    },
    send::{SendCommand, SendTime},
};
use campanile_shared::{Audience, HttpPost, http_header::Header};
use serde_json::Value;

use super::{errors::GraviteeError, message_request::MessageRequest};
use crate::state::AppState;

/// 500: the message could not be delivered to the URL. The parameters are the URL, the status it returned,
/// if any, and its response or the reason of the failure.
pub fn send_failed(url: &str, answer: &str) -> GraviteeError {
    let message = format!("The message could not be sent to {url}: {answer}");
    let refusal = GraviteeError::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected", message).with_parameter("url", url);
    match answer.split_once(' ').filter(|(status, _)| status.len() == 3 && status.parse::<u16>().is_ok()) {
        Some((status, said)) => refusal.with_parameter("status", status).with_parameter("message", said),
        None => refusal.with_parameter("message", answer),
    }
}

/// Posts to the URL while the request waits. The response reports the result; there is no retry.
pub async fn send_to_url(
    app: &AppState,
    by: &Actor,
    request: MessageRequest,
    message: Message,
    claim: Option<IdempotencyKey>,
) -> Result<u64, GraviteeError> {
    let (title, text) = (request.title.unwrap_or_default(), request.text.unwrap_or_default());
    let url = request
        .recipient
        .and_then(|recipient| recipient.url)
        .filter(|url| !url.trim().is_empty())
        .ok_or_else(GraviteeError::invalid_recipients)?;
    let settings = &app.config.gravitee;
    if !settings.http {
        return Err(GraviteeError::notifier_disabled());
    }
    if !settings.allow_urls.is_empty() && !settings.allow_urls.iter().any(|entry| is_allowed_by(entry, &url)) {
        return Err(GraviteeError::forbidden_url());
    }
    // Decided here: the original uses the proxy of its process environment.
    let system_proxy = request.use_system_proxy.unwrap_or_default();
    if system_proxy && app.config.outgoing.proxy.is_empty() {
        return Err(send_failed(&mask_url(&url), "no system proxy is configured"));
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in request.params.unwrap_or_default() {
        // Header names are case-insensitive (RFC 9110 §5.1): the last value counts.
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        headers.extend(header_value(value).filter(|_| !name.is_empty()).map(|value| (name, value)));
    }
    let post = HttpPost {
        url: url.clone(),
        headers: headers.iter().map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect(),
        ..HttpPost::default()
    };
    let mut faults = Vec::new();
    post.check("", &mut faults);
    if let Some(fault) = faults.first() {
        return Err(if fault.pointer == "/url" {
            GraviteeError::forbidden_url()
        } else {
            GraviteeError::malformed("A header cannot be sent.").with_parameter("header", fault.pointer.clone())
        });
    }
    // Decided here: the original posts an empty body, which is not valid JSON.
    let body = if text.is_empty() && post.is_json() { serde_json::json!({"title": title}).to_string() } else { text };
    let post = HttpRequest { headers, body, system_proxy, secret: None };
    let ways = Routing::http(url.clone(), post.clone());
    let command = SendCommand {
        id: None,
        to: app.campanile.resolve_audience(by, Audience::new()).await?,
        message,
        idempotency_key: claim,
        fingerprint: None,
        routing: ways,
        send_at: SendTime::Now,
    };
    let attempt = app.campanile.send_synchronously(by, command, Destination::http(url.clone(), post)).await?;
    match attempt.map(|attempt| (attempt.outcome, attempt.detail)) {
        Some((AttemptOutcome::Delivered, _)) => Ok(1),
        // Another request with this idempotency key is in progress.
        None => Err(Error::InProgress.into()),
        Some((AttemptOutcome::Rejected, _)) => Err(GraviteeError::forbidden_url()),
        Some((_, answer)) => Err(send_failed(&mask_url(&url), &answer)),
    }
}

/// A header value as text, from any scalar.
fn header_value(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether an entry of the operator's allow list covers a URL. An entry that ends in a slash is a prefix; any
/// other covers the URL itself and the paths below it.
fn is_allowed_by(entry: &str, url: &str) -> bool {
    if entry.ends_with('/') {
        url.starts_with(entry)
    } else {
        url == entry || url.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_list_entries_match_a_url_and_paths_below_it() {
        for (entry, url, expected) in [
            ("https://a.example/hooks/", "https://a.example/hooks/1", true),
            ("https://a.example/hooks/", "https://a.example/hooks", false),
            ("https://a.example", "https://a.example", true),
            ("https://a.example", "https://a.example/x", true),
            ("https://a.example", "https://a.example.evil/x", false),
            ("https://a.example", "https://a.example?x", false),
        ] {
            assert_eq!(is_allowed_by(entry, url), expected, "{entry} {url}");
        }
    }
}
