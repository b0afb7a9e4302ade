//! Webhook endpoints, which get every notification of a tenant, and the payload formats they are sent.

use std::{collections::HashMap, sync::Arc};

use campanile_shared::{Channel, FieldError, HttpPost, channel::Header, problem::FieldErrorCode};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Campanile, Error, Notification, Result,
    access::{Ability, Actor},
    channel::HttpRequest,
    secret::{self, SecretKind},
    security_log::{Entry, SecurityEvent},
    store::IdempotencyKey,
};

/// A tenant's webhook endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: Uuid,
    /// Its payload format: a dialect's name.
    pub format: String,
    /// Its URL.
    pub url: String,
    /// The queue of its deliveries.
    pub queue: String,
    /// Header fields to send, as name and value.
    pub headers: Vec<(String, String)>,
    /// The signing key. Signing needs its text, so it cannot be hashed. It is shown once.
    pub secret: Option<String>,
    /// Data that only the dialect understands; stored, never read.
    pub extra: serde_json::Value,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Whether it is called when a notification is created. Endpoints that asked only for other events are
    /// not called.
    pub hears_creates: bool,
    /// Why it is disabled, if it is.
    pub disabled: Option<String>,
}

/// A payload format of webhook endpoints.
pub trait PayloadFormat: Send + Sync + 'static {
    /// The body of the request, as JSON; `at` is the time at which it is written.
    fn body(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> String;
}

/// The payload formats, by name.
#[derive(Clone, Default)]
pub struct PayloadFormats(Arc<HashMap<&'static str, Arc<dyn PayloadFormat>>>);

impl PayloadFormats {
    /// A set of payload formats.
    pub fn new(formats: impl IntoIterator<Item = (&'static str, Arc<dyn PayloadFormat>)>) -> Self {
        Self(Arc::new(formats.into_iter().collect()))
    }

    /// The request that sends a notification to an endpoint; `None` if its format does not exist any more.
    pub fn request(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> Option<HttpRequest> {
        let body = self.0.get(&*hook.format)?.body(tenant, notification, hook, at);
        Some(HttpRequest { headers: hook.headers.clone(), body, system_proxy: false, secret: hook.secret.clone() })
    }
}

/// The most endpoints of a tenant: each adds a row to every notification.
const MAX_WEBHOOKS: usize = 100;

/// A webhook endpoint to add.
pub struct NewWebhookEndpoint {
    /// The id it will have.
    pub id: Uuid,
    /// Its payload format.
    pub format: &'static str,
    /// Its URL.
    pub url: String,
    /// Header fields to send, as name and value.
    pub headers: Vec<(String, String)>,
    /// Whether its requests are signed.
    pub signed: bool,
    /// Whether it is called when a notification is created.
    pub hears_creates: bool,
    /// Data that only the dialect understands.
    pub extra: serde_json::Value,
}

impl Campanile {
    /// Adds a webhook endpoint; [`Error::Invalid`] lists what is wrong with its URL or header fields. A
    /// caller with an idempotency key must have called [`Campanile::first`] before.
    pub async fn add_webhook(&self, by: &Actor, new: NewWebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<WebhookEndpoint> {
        // The log names the endpoint by its id, because its URL may contain a secret.
        let entry = Entry::new(SecurityEvent::WebhookAdded).by(by).subject(&new.id.to_string()).detail(new.format);
        let added = self.add_one_webhook(by, new, claim).await;
        entry.finished(&added);
        added
    }

    async fn add_one_webhook(&self, by: &Actor, new: NewWebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<WebhookEndpoint> {
        by.require(Ability::Subscribe)?;
        let _run = claim.as_ref().map(|claim| self.in_flight.begin(by.tenant(), claim)).transpose()?;
        let headers = new.headers.iter().map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect();
        let mut faults = Vec::new();
        HttpPost { url: new.url.clone(), headers, ..HttpPost::default() }.check("", &mut faults);
        if self.store.webhooks(by.tenant()).await?.len() >= MAX_WEBHOOKS {
            faults.push(FieldError::with_limit("", FieldErrorCode::TooMany, MAX_WEBHOOKS));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let secret = new.signed.then(|| secret::generate(&*self.random, SecretKind::WebhookSignature));
        let hook = WebhookEndpoint {
            id: new.id,
            format: new.format.to_owned(),
            queue: self.channels.queue(Channel::Http, &new.url),
            url: new.url,
            headers: new.headers,
            secret,
            extra: new.extra,
            created_at: self.now(),
            hears_creates: new.hears_creates,
            disabled: None,
        };
        // If it was added since the caller looked, another request with the key was running.
        let accepted = self.store.insert_webhook(by.tenant(), &hook, claim).await?;
        if accepted.repeated { Err(Error::InProgress) } else { Ok(hook) }
    }

    /// The tenant's endpoints of a format, oldest first.
    pub async fn webhooks(&self, by: &Actor, format: &str) -> Result<Vec<WebhookEndpoint>> {
        by.require(Ability::Subscribe)?;
        let hooks = self.store.webhooks(by.tenant()).await?;
        Ok(hooks.into_iter().filter(|hook| hook.format == format).collect())
    }

    /// Removes an endpoint and its pending deliveries.
    pub async fn remove_webhook(&self, by: &Actor, format: &str, id: Uuid) -> Result<()> {
        let removed = match self.webhooks(by, format).await {
            Ok(hooks) if hooks.iter().any(|hook| hook.id == id) => self.store.remove_webhook(by.tenant(), id).await,
            Ok(_) => Err(Error::NotFound),
            Err(error) => Err(error),
        };
        Entry::new(SecurityEvent::WebhookRemoved).by(by).subject(&id.to_string()).detail(format).finished(&removed);
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    struct Sample;

    impl PayloadFormat for Sample {
        fn body(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> String {
            format!("{tenant} {} {} {}", notification.sequence, hook.url, at.timestamp())
        }
    }

    #[test]
    fn a_request_has_the_endpoint_s_format_and_header_fields() {
        let formats = PayloadFormats::new([("sample", Arc::new(Sample) as Arc<dyn PayloadFormat>)]);
        let hook = |format: &str| WebhookEndpoint {
            id: Uuid::nil(),
            format: format.to_owned(),
            url: "https://a.example".to_owned(),
            queue: String::new(),
            headers: vec![("X-Team".to_owned(), "platform".to_owned())],
            secret: Some("whsec_x".to_owned()),
            extra: serde_json::Value::Null,
            created_at: fixtures::at(1),
            hears_creates: true,
            disabled: None,
        };
        let notification = fixtures::notification(fixtures::message());
        let post = |format: &str| formats.request("acme", &notification, &hook(format), fixtures::at(9));
        let expected = HttpRequest {
            headers: vec![("X-Team".to_owned(), "platform".to_owned())],
            body: "acme 12 https://a.example 9".to_owned(),
            system_proxy: false,
            secret: Some("whsec_x".to_owned()),
        };
        assert_eq!((post("sample"), post("gone")), (Some(expected), None));
    }
}
