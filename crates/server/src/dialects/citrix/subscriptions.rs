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
    Error, Notification,
    store::Claim,
    webhook::{Format, Hook, NewHook},
};
use campanile_shared::{Link, draft::LONGEST_NAME};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    NAME, auth, echo,
    error::{Fault, Refusal},
    headers, notice, wire,
};
use crate::{app::App, dialects::body, idempotency};

/// The maximum body of a subscription, in bytes.
const LARGEST: usize = 64 * 1024;
/// The scope of idempotency keys of this call, separate from that of creates.
const SUBSCRIBE: &str = "citrix subscription";

/// A requested subscription, also in its stored form.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
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

impl Wish {
    const NAMES: [&str; 6] = ["customerId", "description", "url", "authHeaders", "changeType", "eventType"];

    /// Parses a body. Property names are matched without regard to case, as in a create.
    fn read(text: &str) -> serde_json::Result<Self> {
        let given: Map<String, Value> = serde_json::from_str(text)?;
        let known = |name: String| Self::NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(&name)).map_or(name, str::to_owned);
        serde_json::from_value(given.into_iter().map(|(name, value)| (known(name), value)).collect())
    }
}

/// A subscription in a response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscription<'a> {
    id: String,
    #[serde(flatten)]
    wish: &'a serde_json::Value,
    subscription_type: &'static str,
    e_tag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<&'a str>,
}

impl<'a> Subscription<'a> {
    fn of(hook: &'a Hook) -> Self {
        Self { disabled: hook.disabled.as_deref(), ..Self::new(hook.id, &hook.extra) }
    }

    fn new(id: Uuid, wish: &'a Value) -> Self {
        // A subscription never changes, so its id serves as the ETag.
        let e_tag = format!("\"{}\"", id.simple());
        Self { id: id.to_string(), wish, subscription_type: "Webhook", e_tag, disabled: None }
    }
}

/// Creates a subscription.
pub async fn add(app: &App, customer: &str, given: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let by = auth::caller(app, given, Some(customer)).await?;
    headers::check_accept(given)?;
    headers::check_content_type(given)?;
    let key = idempotency::key(given).map_err(|what| Refusal::invalid(Fault::InvalidString, "Idempotency-Key", what))?;
    let body = body::read(given, body, LARGEST).await?;
    let claim = key.map(|key| idempotency::claim(&by, SUBSCRIBE, key, &body));
    if let Some(answer) = app.campanile.first(&by, claim.as_ref()).await?.and_then(|first| first.answer) {
        return Ok(answer.into_response());
    }
    let text = wire::text(&body).ok_or_else(|| Refusal::invalid(Fault::InvalidJson, "charset", "not UTF-8"))?;
    let mut wish = Wish::read(text)?;
    let url = wish.url.clone().filter(|url| !url.trim().is_empty()).ok_or_else(|| Refusal::invalid(Fault::Missing, "url", ""))?;
    if let Some(other) = wish.customer_id.as_deref().filter(|given| !auth::same_name(given, customer)) {
        return Err(Refusal::forbidden().with("entityType", "customer").with("id", other.to_owned()));
    }
    wish.customer_id.get_or_insert_with(|| customer.to_owned());
    let hears_creates =
        matches("changeType", wish.change_type.as_deref(), "Create")? & matches("eventType", wish.event_type.as_deref(), "Notifications")?;
    let authorization = wish.auth_headers.take().filter(|value| !value.trim().is_empty());
    let headers = authorization.map(|value| ("Authorization".to_owned(), value.trim().to_owned())).into_iter().collect();
    by.name().clone_into(&mut wish.created_by);
    let extra = serde_json::to_value(&wish)?;
    let id = app.campanile.new_id();
    let answer = serde_json::to_string(&Subscription::new(id, &extra))?;
    let claim = claim.map(|claim| Claim { answer: Some(answer.clone()), ..claim });
    let new = NewHook { id, format: NAME, url: url.trim().to_owned(), headers, signed: false, hears_creates, extra };
    app.campanile.add_hook(&by, new, claim).await.map_err(|error| match error {
        Error::Invalid(faults) => match faults.first().map(|fault| fault.pointer.as_str()) {
            Some("/url") => Refusal::invalid(Fault::InvalidString, "url", url),
            Some("") => Refusal::invalid(Fault::OutOfRange, "subscriptions", "too many"),
            _ => Refusal::invalid(Fault::InvalidString, "authHeaders", ""),
        },
        error => error.into(),
    })?;
    Ok(answer.into_response())
}

/// Whether a subscription to `word` receives events of this kind. The vendor calls the words extensible, and
/// `*` means all; an unknown word is stored and matches no event yet.
fn matches(field: &'static str, word: Option<&str>, kind: &str) -> Result<bool, Refusal> {
    match word.map(str::trim) {
        None | Some("") => Err(Refusal::invalid(Fault::Missing, field, "")),
        Some(word) if word.chars().count() > LONGEST_NAME => Err(Refusal::invalid(Fault::TooLong, field, LONGEST_NAME.to_string())),
        Some(word) => Ok(word == "*" || word.eq_ignore_ascii_case(kind)),
    }
}

/// Lists the customer's subscriptions.
pub async fn list(app: &App, customer: &str, given: &HeaderMap) -> Result<Response, Refusal> {
    let by = auth::caller(app, given, Some(customer)).await?;
    let hooks = app.campanile.hooks(&by, NAME).await?;
    let items: Vec<_> = hooks.iter().map(Subscription::of).collect();
    Ok(serde_json::to_vec(&json!({"items": items}))?.into_response())
}

/// Deletes a subscription.
pub async fn remove(app: &App, customer: &str, id: &str, given: &HeaderMap) -> Result<Response, Refusal> {
    let by = auth::caller(app, given, Some(customer)).await?;
    let unknown = || Refusal::not_found("subscription", id.to_owned());
    let known = id.parse().map_err(|_| unknown())?;
    match app.campanile.remove_hook(&by, NAME, known).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Error::NotFound) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// The body of a call as the vendor documents it. The created notification is in it as JSON text.
pub struct Callback;

impl Format for Callback {
    fn body(&self, tenant: &str, notification: &Notification, _: &Hook, at: DateTime<Utc>) -> String {
        let message = &notification.message;
        let extra = echo::extra(notification);
        let content = message.content.iter().map(|content| {
            json!({
                "LanguageTag": content.language.as_str(),
                "Title": content.title,
                "Description": content.description,
                "DetailUri": content.link.as_ref().map(Link::as_str),
            })
        });
        let data = extra.data.as_deref().and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        let admin = extra.destination_admin.as_deref().unwrap_or_else(|| echo::destination(&notification.to));
        let after = json!({
            "PublishNotificationId": notification.id,
            "Destination": format!("{tenant};{admin}"),
            "Component": message.component,
            "CreatedDate": echo::created_date(message, &extra),
            "Categories": message.categories,
            "Severity": notice::severity_code(message.severity),
            "EventId": message.source.event_id,
            "Priority": notice::priority_code(message.priority),
            "Content": content.collect::<Vec<_>>(),
            "Data": data,
            "ExternalId": message.source.external_id,
        });
        let call = json!({
            "CustomerId": tenant,
            "Type": "Notifications",
            "ChangeType": "Create",
            "TransactionId": notification.id,
            "Identity": message.source.caller(),
            "BeforeChange": null,
            "AfterChange": after.to_string(),
            "TimeStamp": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        call.to_string()
    }
}
