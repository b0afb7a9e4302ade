//! Webhook subscriptions that are called for every notification.

use std::sync::Arc;

use campanile_domain::{
    Error, Notification, Scope,
    outbox::{Outbox, OutboxOptions},
    store::Claim,
    webhook::{Format, Formats, Hook, NewHook},
};
use campanile_shared::problem::FieldFault;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, draft, fault, faults, key},
};

struct Title;

impl Format for Title {
    fn body(&self, tenant: &str, notification: &Notification, _: &Hook, _: DateTime<Utc>) -> String {
        format!("{tenant}: {}", notification.message.content[0].title)
    }
}

async fn world() -> World {
    World::with_formats(Formats::new([("title", Arc::new(Title) as Arc<dyn Format>)])).await
}

fn new(id: u128, url: &str) -> NewHook {
    NewHook {
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
async fn an_endpoint_hears_of_what_is_sent_until_it_is_removed() {
    let world = world().await;
    let (campanile, by) = (&world.campanile, &world.admin);
    let hook = campanile.add_hook(by, new(1, "https://a.example/hook"), None).await.unwrap();
    assert_eq!((hook.lane.as_str(), hook.format.as_str(), hook.disabled.as_deref()), ("a.example", "title", None));
    assert!(hook.secret.as_ref().is_some_and(|secret| secret.starts_with("whsec_")));
    assert_eq!(campanile.hooks(by, "title").await.unwrap(), std::slice::from_ref(&hook));
    assert_eq!(campanile.hooks(by, "other").await.unwrap(), []);
    campanile.send(by, draft("Hello"), None).await.unwrap();
    let mut outbox = Outbox::new(campanile.clone(), OutboxOptions::default());
    outbox.drain().await.unwrap();
    let letters = world.http.letters();
    let post = letters[0].post.as_ref().unwrap();
    assert_eq!((letters.len(), post.body.as_str(), &post.headers, &post.secret), (1, "acme: Hello", &hook.headers, &hook.secret));
    assert_refused!(campanile.remove_hook(by, "other", hook.id).await, Error::NotFound);
    assert_refused!(campanile.remove_hook(by, "title", Uuid::nil()).await, Error::NotFound);
    campanile.remove_hook(by, "title", hook.id).await.unwrap();
    assert_eq!(campanile.hooks(by, "title").await.unwrap(), []);
}

#[tokio::test]
async fn an_endpoint_s_url_and_header_fields_are_checked() {
    let world = world().await;
    let add = async |new| world.campanile.add_hook(&world.admin, new, None).await;
    assert_eq!(faults(add(new(1, "ftp://a")).await), fault("/url", FieldFault::UnsafeLink));
    let reserved = NewHook { headers: vec![("Host".to_owned(), "x".to_owned())], ..new(1, "https://a.example") };
    assert_eq!(faults(add(reserved).await), fault("/headers/0/name", FieldFault::Reserved));
    let unsigned = NewHook { signed: false, ..new(1, "https://a.example") };
    assert_eq!(add(unsigned).await.unwrap().secret, None);
    let sends = key(&world.tenant, "sends", &[Scope::Send]);
    assert_refused!(world.campanile.add_hook(&sends, new(2, "https://a.example"), None).await, Error::Forbidden);
    assert_refused!(world.campanile.hooks(&sends, "title").await, Error::Forbidden);
}

#[tokio::test]
async fn a_tenant_has_a_hundred_endpoints_at_most() {
    let world = world().await;
    for id in 1..=100 {
        world.campanile.add_hook(&world.admin, new(id, "https://a.example"), None).await.unwrap();
    }
    let more = world.campanile.add_hook(&world.admin, new(101, "https://a.example"), None).await;
    assert_eq!(faults(more), fault("", FieldFault::TooMany));
}

#[tokio::test]
async fn an_endpoint_is_added_once_for_each_key() {
    let world = world().await;
    let claim = || Some(Claim { scope: "tests".to_owned(), key: "1".to_owned(), body: [1; 32], answer: None });
    world.campanile.add_hook(&world.admin, new(1, "https://a.example"), claim()).await.unwrap();
    assert_refused!(world.campanile.add_hook(&world.admin, new(2, "https://a.example"), claim()).await, Error::InProgress);
    assert_eq!(world.campanile.hooks(&world.admin, "title").await.unwrap().len(), 1);
}
