//! Webhook subscriptions that are called for every notification.

use std::sync::Arc;

use campanile_domain::{
    Error, Notification, Scope,
    model::{idempotency::IdempotencyKey, webhook::WebhookEndpoint},
    outbox::{Outbox, options::OutboxOptions},
    ports::payload_format::{PayloadFormat, PayloadFormats},
    webhooks::NewWebhookEndpoint,
};
use campanile_shared::problem::FieldErrorCode;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, key_actor, send_request},
};

struct TitleFormat;

impl PayloadFormat for TitleFormat {
    fn body(&self, tenant: &str, notification: &Notification, _: &WebhookEndpoint, _: DateTime<Utc>) -> String {
        format!("{tenant}: {}", notification.message.content[0].title)
    }
}

async fn harness_with_format() -> Harness {
    Harness::with_formats(PayloadFormats::new([("title", Arc::new(TitleFormat) as Arc<dyn PayloadFormat>)])).await
}

fn new_subscription(id: u128, url: &str) -> NewWebhookEndpoint {
    NewWebhookEndpoint {
        id: Uuid::from_u128(id),
        format: "title",
        url: url.to_owned(),
        headers: vec![("X-Team".to_owned(), "platform".to_owned())],
        signed: true,
        hears_creates: true,
        extra: serde_json::Value::Null,
    }
}

#[tokio::test]
async fn an_endpoint_is_called_for_each_send_until_it_is_removed() {
    let harness = harness_with_format().await;
    let (campanile, by) = (&harness.campanile, &harness.admin);
    let hook = campanile.add_webhook(by, new_subscription(1, "https://a.example/hook"), None).await.unwrap();
    assert_eq!((hook.queue.as_str(), hook.format.as_str(), hook.disabled.as_deref()), ("a.example", "title", None));
    assert!(hook.secret.as_ref().is_some_and(|secret| secret.starts_with("whsec_")));
    assert_eq!(campanile.webhooks(by, "title").await.unwrap(), std::slice::from_ref(&hook));
    assert_eq!(campanile.webhooks(by, "other").await.unwrap(), []);
    campanile.send(by, send_request("Hello"), None).await.unwrap();
    let mut outbox = Outbox::new(campanile.clone(), OutboxOptions::default());
    outbox.drain().await.unwrap();
    let messages = harness.http_channel.take_messages();
    let post = messages[0].request.as_ref().unwrap();
    assert_eq!((messages.len(), post.body.as_str(), &post.headers, &post.secret), (1, "acme: Hello", &hook.headers, &hook.secret));
    assert_refused!(campanile.remove_webhook(by, "other", hook.id).await, Error::NotFound);
    assert_refused!(campanile.remove_webhook(by, "title", Uuid::nil()).await, Error::NotFound);
    campanile.remove_webhook(by, "title", hook.id).await.unwrap();
    assert_eq!(campanile.webhooks(by, "title").await.unwrap(), []);
}

#[tokio::test]
async fn an_endpoints_url_and_headers_are_validated() {
    let harness = harness_with_format().await;
    let add = async |new| harness.campanile.add_webhook(&harness.admin, new, None).await;
    assert_eq!(field_errors(add(new_subscription(1, "ftp://a")).await), field_error("/url", FieldErrorCode::UnsafeLink));
    let reserved = NewWebhookEndpoint { headers: vec![("Host".to_owned(), "x".to_owned())], ..new_subscription(1, "https://a.example") };
    assert_eq!(field_errors(add(reserved).await), field_error("/headers/0/name", FieldErrorCode::Reserved));
    let unsigned = NewWebhookEndpoint { signed: false, ..new_subscription(1, "https://a.example") };
    assert_eq!(add(unsigned).await.unwrap().secret, None);
    let sends = key_actor(&harness.tenant, "sends", &[Scope::Send]);
    assert_refused!(harness.campanile.add_webhook(&sends, new_subscription(2, "https://a.example"), None).await, Error::Forbidden);
    assert_refused!(harness.campanile.webhooks(&sends, "title").await, Error::Forbidden);
}

#[tokio::test]
async fn a_tenant_has_at_most_a_hundred_endpoints() {
    let harness = harness_with_format().await;
    for id in 1..=100 {
        harness.campanile.add_webhook(&harness.admin, new_subscription(id, "https://a.example"), None).await.unwrap();
    }
    let more = harness.campanile.add_webhook(&harness.admin, new_subscription(101, "https://a.example"), None).await;
    assert_eq!(field_errors(more), field_error("", FieldErrorCode::TooMany));
}

#[tokio::test]
async fn an_endpoint_is_added_once_per_idempotency_key() {
    let harness = harness_with_format().await;
    let claim = || Some(IdempotencyKey { scope: "tests".to_owned(), key: "1".to_owned(), body_sha256: [1; 32], answer: None });
    harness.campanile.add_webhook(&harness.admin, new_subscription(1, "https://a.example"), claim()).await.unwrap();
    assert_refused!(
        harness.campanile.add_webhook(&harness.admin, new_subscription(2, "https://a.example"), claim()).await,
        Error::InProgress
    );
    assert_eq!(harness.campanile.webhooks(&harness.admin, "title").await.unwrap().len(), 1);
}
