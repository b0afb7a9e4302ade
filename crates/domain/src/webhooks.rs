//! Webhook endpoints, which get every notification of a tenant: adding, listing and removing them.

use campanile_shared::{Channel, FieldError, HttpPost, http_header::Header, problem::FieldErrorCode};
use uuid::Uuid;

use crate::{
    Campanile, Error, Result,
    model::{
        access::{Ability, Actor},
        idempotency::IdempotencyKey,
        secret::SecretKind,
        webhook::WebhookEndpoint,
    },
    secret,
    security_log::{Entry, event::SecurityEvent},
};

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
    /// caller with an idempotency key must have called [`Campanile::recorded_response`] before.
    pub async fn add_webhook(&self, by: &Actor, new: NewWebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<WebhookEndpoint> {
        // The log names the endpoint by its id, because its URL may contain a secret.
        let entry = Entry::new(SecurityEvent::WebhookAdded).by(by).subject(&new.id.to_string()).detail(new.format);
        entry.log(self.add_one_webhook(by, new, claim)).await
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
        let entry = Entry::new(SecurityEvent::WebhookRemoved).by(by).subject(&id.to_string()).detail(format);
        entry
            .log(async {
                if !self.webhooks(by, format).await?.iter().any(|hook| hook.id == id) {
                    return Err(Error::NotFound);
                }
                self.store.remove_webhook(by.tenant(), id).await
            })
            .await
    }
}
