//! `/{customer}/subscriptions`: webhooks that are called for every notification of the customer.
//!
//! Documented by the vendor: creating one, and the body of a call. Decided here: listing and deleting
//! them, and the errors.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Error,
    model::{idempotency::IdempotencyKey, webhook::WebhookEndpoint},
    webhooks::NewWebhookEndpoint,
};
use campanile_shared::limits::MAX_NAME_LENGTH;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    auth,
    errors::{CitrixError, FieldErrorKind},
    headers, wire,
};
use crate::{config::dialect_names::CITRIX, dialects::body, idempotency, state::AppState};

/// The maximum body of a subscription, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The scope of idempotency keys of this call, separate from that of creates.
const IDEMPOTENCY_SCOPE: &str = "citrix subscription";

/// A requested subscription, also in its stored form.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionRequest {
    #[serde(default)]
    customer_id: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    url: Option<String>,
    /// The value of `Authorization` in calls; stored separately and never returned.
    #[serde(default, skip_serializing)]
    auth_headers: Option<String>,
    #[serde(default)]
    change_type: Option<String>,
    #[serde(default)]
    event_type: Option<String>,
    /// The name of the caller who created it.
    #[serde(default, skip_deserializing)]
    created_by: String,
}

impl SubscriptionRequest {
    const PROPERTIES: [&str; 6] = ["customerId", "description", "url", "authHeaders", "changeType", "eventType"];

    /// Parses a body. Property names are matched without regard to case, as in a create.
    fn parse(text: &str) -> serde_json::Result<Self> {
        let given: Map<String, Value> = serde_json::from_str(text)?;
        let known = |name: String| Self::PROPERTIES.into_iter().find(|known| known.eq_ignore_ascii_case(&name)).map_or(name, str::to_owned);
        serde_json::from_value(given.into_iter().map(|(name, value)| (known(name), value)).collect())
    }
}

/// A subscription in a response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionResponse<'a> {
    id: String,
    #[serde(flatten)]
    request: &'a serde_json::Value,
    subscription_type: &'static str,
    e_tag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<&'a str>,
}

impl<'a> SubscriptionResponse<'a> {
    fn from_webhook(hook: &'a WebhookEndpoint) -> Self {
        Self { disabled: hook.disabled.as_deref(), ..Self::new(hook.id, &hook.extra) }
    }

    fn new(id: Uuid, request: &'a Value) -> Self {
        // A subscription never changes, so its id serves as the ETag.
        let e_tag = format!("\"{}\"", id.simple());
        Self { id: id.to_string(), request, subscription_type: "Webhook", e_tag, disabled: None }
    }
}

/// Creates a subscription.
pub async fn add(app: &AppState, customer: &str, given: &HeaderMap, body: Body) -> Result<Response, CitrixError> {
    let by = auth::authenticate(app, given, Some(customer)).await?;
    headers::check_accept(given)?;
    headers::check_content_type(given)?;
    let key = idempotency::from_headers(given)
        .map_err(|what| CitrixError::invalid_field(FieldErrorKind::InvalidString, "Idempotency-Key", what))?;
    let body = body::read(given, body, MAX_BODY_BYTES).await?;
    let idempotency_key = key.map(|key| idempotency::scoped_key(&by, IDEMPOTENCY_SCOPE, key, &body));
    if let Some(answer) = app.campanile.recorded_response(&by, idempotency_key.as_ref()).await?.and_then(|first| first.answer) {
        return Ok(answer.into_response());
    }
    let text = wire::utf8(&body).ok_or_else(|| CitrixError::invalid_field(FieldErrorKind::InvalidJson, "charset", "not UTF-8"))?;
    let mut request = SubscriptionRequest::parse(text)?;
    let url = request
        .url
        .clone()
        .filter(|url| !url.trim().is_empty())
        .ok_or_else(|| CitrixError::invalid_field(FieldErrorKind::Missing, "url", ""))?;
    if let Some(other) = request.customer_id.as_deref().filter(|given| !auth::is_same_customer(given, customer)) {
        return Err(CitrixError::forbidden().with_parameter("entityType", "customer").with_parameter("id", other.to_owned()));
    }
    request.customer_id.get_or_insert_with(|| customer.to_owned());
    let wants_creates = matches_event("changeType", request.change_type.as_deref(), "Create")?
        & matches_event("eventType", request.event_type.as_deref(), "Notifications")?;
    let authorization = request.auth_headers.take().filter(|value| !value.trim().is_empty());
    let headers = authorization.map(|value| ("Authorization".to_owned(), value.trim().to_owned())).into_iter().collect();
    by.name().clone_into(&mut request.created_by);
    let extra = serde_json::to_value(&request)?;
    let id = app.campanile.new_id();
    let answer = serde_json::to_string(&SubscriptionResponse::new(id, &extra))?;
    let claim = idempotency_key.map(|claim| IdempotencyKey { answer: Some(answer.clone()), ..claim });
    let new =
        NewWebhookEndpoint { id, format: CITRIX, url: url.trim().to_owned(), headers, signed: false, hears_creates: wants_creates, extra };
    app.campanile.add_webhook(&by, new, claim).await.map_err(|error| match error {
        Error::Invalid(faults) => match faults.first().map(|fault| fault.pointer.as_str()) {
            Some("/url") => CitrixError::invalid_field(FieldErrorKind::InvalidString, "url", url),
            Some("") => CitrixError::invalid_field(FieldErrorKind::OutOfRange, "subscriptions", "too many"),
            _ => CitrixError::invalid_field(FieldErrorKind::InvalidString, "authHeaders", ""),
        },
        error => error.into(),
    })?;
    Ok(answer.into_response())
}

/// Whether a subscription to `word` receives events of this kind. The vendor calls the words extensible, and
/// `*` means all; an unknown word is stored and matches no event yet.
fn matches_event(field: &'static str, word: Option<&str>, kind: &str) -> Result<bool, CitrixError> {
    match word.map(str::trim) {
        None | Some("") => Err(CitrixError::invalid_field(FieldErrorKind::Missing, field, "")),
        Some(word) if word.chars().count() > MAX_NAME_LENGTH => {
            Err(CitrixError::invalid_field(FieldErrorKind::TooLong, field, MAX_NAME_LENGTH.to_string()))
        }
        Some(word) => Ok(word == "*" || word.eq_ignore_ascii_case(kind)),
    }
}

/// Lists the customer's subscriptions.
pub async fn list(app: &AppState, customer: &str, given: &HeaderMap) -> Result<Response, CitrixError> {
    let by = auth::authenticate(app, given, Some(customer)).await?;
    let hooks = app.campanile.webhooks(&by, CITRIX).await?;
    let items: Vec<_> = hooks.iter().map(SubscriptionResponse::from_webhook).collect();
    Ok(serde_json::to_vec(&json!({"items": items}))?.into_response())
}

/// Deletes a subscription.
pub async fn remove(app: &AppState, customer: &str, id: &str, given: &HeaderMap) -> Result<Response, CitrixError> {
    let by = auth::authenticate(app, given, Some(customer)).await?;
    let unknown = || CitrixError::not_found("subscription", id.to_owned());
    let known = id.parse().map_err(|_| unknown())?;
    match app.campanile.remove_webhook(&by, CITRIX, known).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Error::NotFound) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
