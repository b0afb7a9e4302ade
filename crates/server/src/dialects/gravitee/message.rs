//! `POST …/messages` and `POST …/apis/{api}/messages`: sends a message to people by their roles, or to a URL.
//!
//! The rules are checked in the original's order, so that a request with several errors gets the error
//! that its clients expect.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Error, Source, TenantId,
    access::{Ability, Actor},
    channel::{self, AttemptOutcome},
    delivery::{HttpTarget, Routing, TARGET_DISABLED, mask_url},
    notification::Message,
    relations::RelationPattern,
    send::{SendCommand, SendTime},
    store::{IdempotencyKey, RecordedResponse},
};
use campanile_shared::{
    Audience, Channel, Content, HttpPost, Priority, Recipients, Severity,
    channel::Header,
    delivery::DeliveryState,
    send_request::{MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH},
    text,
};
use serde::Deserialize;
use serde_json::Value;

use super::{error::GraviteeError, path::ExecutionContext};
use crate::{config::dialect_names::GRAVITEE, dialects::body, idempotency, state::AppState, strict_json};

/// The body of a message. Unknown properties are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MessageRequest {
    channel: Option<String>,
    title: Option<String>,
    text: Option<String>,
    recipient: Option<Recipient>,
    params: Option<BTreeMap<String, Value>>,
    use_system_proxy: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Recipient {
    role_scope: Option<String>,
    role_value: Option<Vec<String>>,
    url: Option<String>,
}

/// The pseudo-role for all subscribers, whatever the state of their subscription. A real role of this name takes precedence.
const SUBSCRIBERS: &str = "API_SUBSCRIBERS";
/// The maximum length of a title taken from the text, in characters.
const EXCERPT_TITLE_CHARS: usize = 120;

/// Sends a message. The response is the number of recipients as a bare number.
pub async fn send(
    app: &AppState,
    by: &Actor,
    context: &ExecutionContext,
    api: Option<&str>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, GraviteeError> {
    by.require(Ability::Send)?;
    check_media_type(headers)?;
    let key = idempotency::from_headers(headers).map_err(GraviteeError::malformed)?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let idempotency_key =
        key.map(|key| idempotency::scoped_key(by, &format!("{GRAVITEE} {} {}", context.environment, api.unwrap_or_default()), key, &body));
    if let Some(first) = app.campanile.recorded_response(by, idempotency_key.as_ref()).await?
        && let Some(answer) = replay(app, by.tenant(), first).await?
    {
        return Ok(answer);
    }
    let request: Option<MessageRequest> = if body.is_empty() {
        None
    } else {
        strict_json::from_slice(&body).map_err(|_| GraviteeError::malformed("The body cannot be read."))?
    };
    let request = request.unwrap_or_default();
    let non_empty = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
    let (title, body_text) = (non_empty(&request.title), non_empty(&request.text));
    if title.is_none() && body_text.is_none() {
        return Err(GraviteeError::empty_message());
    }
    check_length("title", title.as_deref(), MAX_TITLE_LENGTH)?;
    check_length("text", body_text.as_deref(), MAX_DESCRIPTION_LENGTH)?;
    let name = match api {
        Some(api) => Some(api_name(app, by.tenant(), context, api).await?),
        None => None,
    };
    let channel = request.channel.as_deref().map(parse_channel).transpose()?;
    if channel == Some(Channel::Email) && title.as_deref().is_some_and(|title| text::breaks_lines(title) || text::has_controls(title)) {
        return Err(GraviteeError::malformed("The title of an email must be one line without control characters."));
    }
    let message = message(by, app, name.as_deref(), title, body_text, channel.unwrap_or_default());
    let recipients = if channel == Some(Channel::Http) {
        send_to_url(app, by, request, message, idempotency_key).await?
    } else {
        send_to_roles(app, by, context, api, &request, channel, message, idempotency_key).await?
    };
    app.metrics.notification_accepted(GRAVITEE);
    Ok(Json(recipients).into_response())
}

/// Rejects a content type other than JSON. A missing one is accepted (decided here; the original's framework guesses as well).
fn check_media_type(headers: &HeaderMap) -> Result<(), GraviteeError> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(GraviteeError::unsupported_media_type()) }
}

fn check_length(field: &'static str, text: Option<&str>, limit: usize) -> Result<(), GraviteeError> {
    let fits = text.is_none_or(|text| text.chars().count() <= limit);
    if fits { Ok(()) } else { Err(GraviteeError::too_long(field, limit)) }
}

fn parse_channel(name: &str) -> Result<Channel, GraviteeError> {
    match name.to_ascii_uppercase().as_str() {
        "PORTAL" => Ok(Channel::Portal),
        "MAIL" => Ok(Channel::Email),
        "HTTP" => Ok(Channel::Http),
        _ => Err(GraviteeError::malformed("The channel must be PORTAL, MAIL or HTTP.")),
    }
}

/// The name of an API, which must belong to the environment.
async fn api_name(app: &AppState, tenant: TenantId, context: &ExecutionContext, api: &str) -> Result<String, GraviteeError> {
    let object = format!("api:{api}");
    let relations = app.campanile.relations_between(tenant, &format!("environment:{}", context.environment), &object).await?;
    if !relations.iter().any(|relation| relation == "api") {
        return Err(GraviteeError::api_not_found(api));
    }
    Ok(app.campanile.object_name(tenant, &object).await?.unwrap_or_else(|| api.to_owned()))
}

fn message(by: &Actor, app: &AppState, api: Option<&str>, title: Option<String>, text: Option<String>, channel: Channel) -> Message {
    let text = text.unwrap_or_default();
    // The original has this template only for the portal channel.
    let prefixed = |title: &str| match api {
        Some(api) if channel == Channel::Portal => format!("[{api}] {title}"),
        _ => title.to_owned(),
    };
    // Decided here: without a title, the beginning of the text is used. This dialect's lists show an empty title.
    let extra = if title.is_some() { Value::Null } else { serde_json::json!({"title": prefixed("").trim_end()}) };
    let title = prefixed(&title.unwrap_or_else(|| text::excerpt(&text::one_line(&text), EXCERPT_TITLE_CHARS)));
    Message {
        source: Source::of(by, GRAVITEE),
        severity: Severity::Information,
        priority: Priority::Normal,
        component: api.map(str::to_owned),
        categories: Vec::new(),
        content: vec![Content { language: campanile_shared::Language::english(), title, description: text, link: None }],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel,
        created_at: app.campanile.now().fixed_offset(),
        expires_at: None,
        extra,
    }
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
async fn send_to_roles(
    app: &AppState,
    by: &Actor,
    place: &ExecutionContext,
    api: Option<&str>,
    request: &MessageRequest,
    channel: Option<Channel>,
    message: Message,
    claim: Option<IdempotencyKey>,
) -> Result<u64, GraviteeError> {
    let recipient = request.recipient.as_ref().ok_or_else(GraviteeError::invalid_recipients)?;
    let scope = recipient.role_scope.as_deref().ok_or_else(GraviteeError::invalid_recipients)?;
    let roles = recipient.role_value.as_deref().filter(|roles| !roles.is_empty()).ok_or_else(GraviteeError::invalid_recipients)?;
    let channel = channel.ok_or_else(GraviteeError::invalid_recipients)?;
    let to = match (api, scope.to_ascii_uppercase().as_str()) {
        (None, "ENVIRONMENT") => roles.iter().map(|role| role_holders(format!("environment:{}", place.environment), role)).collect(),
        (Some(api), "APPLICATION") => consumers(app, by.tenant(), place, api, roles).await?,
        // Any other combination reaches no one.
        _ => Audience::new(),
    };
    let summary = app.campanile.audience(by, &to, 0).await?;
    let (ways, recipients) = match channel {
        Channel::Email => (Routing::mail(), summary.addresses),
        _ => (Routing::default(), summary.people),
    };
    let claim = claim.map(|claim| IdempotencyKey { answer: Some(recipients.to_string()), ..claim });
    app.campanile
        .submit(by, SendCommand { id: None, to, message, idempotency_key: claim, fingerprint: None, routing: ways, send_at: SendTime::Now })
        .await?;
    Ok(recipients)
}

fn role_holders(object: String, role: &str) -> Recipients {
    Recipients::Role { object, relation: role.to_owned() }
}

/// The holders of the roles in applications that an API accepted: directly, or through groups of active
/// applications. A group never gives the role of primary owner.
async fn consumers(
    app: &AppState,
    tenant: TenantId,
    context: &ExecutionContext,
    api: &str,
    roles: &[String],
) -> Result<Audience, GraviteeError> {
    let campanile = &app.campanile;
    let environment = format!("environment:{}", context.environment);
    let mut to = Audience::new();
    for application in campanile.subjects(tenant, &format!("api:{api}"), "ACCEPTED").await? {
        let active = campanile.relations_between(tenant, &environment, &application).await?.iter().any(|relation| relation == "ACTIVE");
        let groups = if active { campanile.subjects(tenant, &application, "group").await? } else { Vec::new() };
        for role in roles {
            to.push(role_holders(application.clone(), role));
            if role != "PRIMARY_OWNER" {
                to.extend(groups.iter().map(|group| role_holders(group.clone(), role)));
            }
        }
    }
    if roles.iter().any(|role| role == SUBSCRIBERS) {
        let pattern = RelationPattern {
            object: Some("application:".to_owned()),
            relation: Some(SUBSCRIBERS.to_owned()),
            ..RelationPattern::default()
        };
        if !campanile.any_relation(tenant, &pattern).await? {
            to.push(role_holders(format!("api:{api}"), "subscribed_by"));
        }
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}

/// Answers a repeated request like the first: with the stored count, or with the result of the one
/// attempt. `None` when the process ended during that attempt; the repeated request then makes it.
async fn replay(app: &AppState, tenant: TenantId, first: RecordedResponse) -> Result<Option<Response>, GraviteeError> {
    if let Some(recipients) = first.answer.and_then(|answer| answer.parse::<u64>().ok()) {
        return Ok(Some(Json(recipients).into_response()));
    }
    let (found, _) = app.campanile.store().deliveries(tenant, first.accepted.id, None, 1).await?;
    let Some(delivery) = found.into_iter().next() else { return Ok(Some(Json(1).into_response())) };
    let answer = delivery.attempts.into_iter().next().map(|attempt| attempt.answer).unwrap_or_default();
    match delivery.state {
        DeliveryState::Delivered => Ok(Some(Json(1).into_response())),
        // As in the first response: the URL had refused to take anything, now or earlier.
        DeliveryState::Rejected if answer.starts_with("410") || answer.starts_with(TARGET_DISABLED) => {
            Err(send_failed(&delivery.target, &answer))
        }
        DeliveryState::Rejected => Err(GraviteeError::forbidden_url()),
        DeliveryState::GivenUp => Err(send_failed(&delivery.target, &answer)),
        DeliveryState::Pending => Ok(None),
    }
}

/// 500: the message could not be delivered to the URL. The parameters are the URL, the status it returned,
/// if any, and its response or the reason of the failure.
fn send_failed(url: &str, answer: &str) -> GraviteeError {
    let message = format!("The message could not be sent to {url}: {answer}");
    let refusal = GraviteeError::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected", message).with_parameter("url", url);
    match answer.split_once(' ').filter(|(status, _)| status.len() == 3 && status.parse::<u16>().is_ok()) {
        Some((status, said)) => refusal.with_parameter("status", status).with_parameter("message", said),
        None => refusal.with_parameter("message", answer),
    }
}

/// Posts to the URL while the request waits. The response reports the result; there is no retry.
async fn send_to_url(
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
    let post = channel::HttpRequest { headers, body, system_proxy, secret: None };
    let ways = Routing::http(url.clone(), post.clone());
    let command = SendCommand {
        id: None,
        to: Audience::new(),
        message,
        idempotency_key: claim,
        fingerprint: None,
        routing: ways,
        send_at: SendTime::Now,
    };
    let attempt = app.campanile.send_synchronously(by, command, HttpTarget { url: url.clone(), request: post }).await?;
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
