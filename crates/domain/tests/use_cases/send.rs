//! Sends by our own API, and what senders see afterwards.

use campanile_domain::{
    Error, Operator, Scope, TenantSettings,
    model::{access::Actor, http_request::HttpRequest, idempotency::IdempotencyKey, routing::Destination},
};
use campanile_shared::{Channel, HttpPost, Recipients, problem::FieldErrorCode, sent::SenderKind};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, key_actor, person_recipient, role_recipients, send_request, start_time},
};

fn idempotency_key(body: u8) -> Option<IdempotencyKey> {
    Some(IdempotencyKey { scope: "tests".to_owned(), key: "1".to_owned(), body_sha256: [body; 32], answer: None })
}

#[tokio::test]
async fn a_send_appears_in_inboxes_and_in_the_list_of_sent_notifications() {
    let harness = Harness::new().await;
    let (ada, bo) = (harness.add_person("ada", true).await, harness.add_person("bo", false).await);
    let by = Actor::Person(ada.clone());
    let mut second = send_request("Second");
    second.component = Some("  ".to_owned());
    let first = harness.campanile.send(&by, send_request("First"), None).await.unwrap();
    let second = harness.campanile.send(&by, second, None).await.unwrap();
    assert_eq!((first.sequence, first.recipients, first.accepted_at, first.not_before), (1, 2, start_time(), None));
    assert_eq!((second.sequence, second.id.get_version_num()), (2, 7));
    assert_ne!(first.id, second.id);
    for who in [&ada, &bo] {
        assert_eq!(harness.inbox_titles(who).await, ["Second", "First"]);
    }
    let page = harness.campanile.sent_page(&by, None, 1).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].id, page.next.as_deref()), (1, second.id, Some("2")));
    assert_eq!((page.items[0].component.as_deref(), page.items[0].sender.as_str()), (None, "ada of Acme"));
    assert_eq!(page.items[0].sender_kind, Some(SenderKind::Person));
    let (found, next) = harness.campanile.notifications(&by, Some(2), 10).await.unwrap();
    assert_eq!((found.len(), found[0].id, next), (1, first.id, None));
    let one = harness.campanile.sent_notification(&by, first.id).await.unwrap();
    assert_eq!((one.content[0].title.as_str(), one.source.as_str(), one.to.len()), ("First", "campanile", 1));
    assert_refused!(harness.campanile.sent_notification(&by, Uuid::nil()).await, Error::NotFound);
}

#[tokio::test]
async fn a_component_is_stored() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", true).await;
    let mut shop = send_request("Sold out");
    shop.component = Some("Shop".to_owned());
    harness.campanile.send(&harness.admin, shop, None).await.unwrap();
    assert_eq!(harness.campanile.components(&ada).await.unwrap(), ["Shop"]);
}

#[tokio::test]
async fn a_repeat_gets_the_first_response() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    let first = harness.campanile.send(&harness.admin, send_request("Once"), idempotency_key(1)).await.unwrap();
    harness.add_person("bo", false).await;
    harness.advance(TimeDelta::minutes(1));
    let again = harness.campanile.send(&harness.admin, send_request("Once"), idempotency_key(1)).await.unwrap();
    assert_eq!(again, first, "new people do not change the response");
    assert_eq!(first.recipients, 1);
    assert_refused!(harness.campanile.send(&harness.admin, send_request("Twice"), idempotency_key(2)).await, Error::IdempotencyKeyReused);
    assert_eq!(harness.campanile.sent_page(&harness.admin, None, 10).await.unwrap().items.len(), 1);
    assert!(harness.campanile.recorded_response(&harness.admin, idempotency_key(1).as_ref()).await.unwrap().is_some());
    let other = IdempotencyKey { key: "2".to_owned(), ..idempotency_key(1).unwrap() };
    assert!(harness.campanile.recorded_response(&harness.admin, Some(&other)).await.unwrap().is_none());
}

#[tokio::test]
async fn each_channel_counts_its_own_recipients() {
    let harness = Harness::new().await;
    for login in ["ada", "bo"] {
        harness.add_person(login, false).await;
    }
    let send = async |channel, http, to| {
        let mut draft = send_request("Hello");
        (draft.channel, draft.http, draft.to) = (channel, http, to);
        harness.campanile.send(&harness.admin, draft, None).await.unwrap()
    };
    let everyone = || vec![Recipients::Everyone];
    assert_eq!(send(Channel::Portal, None, everyone()).await.recipients, 2);
    let mail = send(Channel::Email, None, everyone()).await;
    assert_eq!(mail.recipients, 2);
    let http = HttpPost { url: " https://a.example/hook ".to_owned(), body: "mine".to_owned(), ..HttpPost::default() };
    let posted = send(Channel::Http, Some(http), Vec::new()).await;
    assert_eq!(posted.recipients, 1);
    let deliveries = harness.campanile.deliveries(&harness.admin, posted.id, None, 10).await.unwrap();
    assert_eq!((deliveries.items.len(), deliveries.items[0].target.as_str()), (1, "https://a.example/hook"));
    let ada = harness.campanile.account("acme", "ada").await.unwrap().unwrap();
    let ada = harness.store.person(ada.tenant, ada.person).await.unwrap().unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Hello"], "mail and POSTs are in no inbox");
}

#[tokio::test]
async fn unknown_people_are_reported_at_their_position() {
    let harness = Harness::new().await;
    harness.add_person("ada", false).await;
    let send = async |to| {
        let mut draft = send_request("Hello");
        draft.to = to;
        harness.campanile.send(&harness.admin, draft, None).await
    };
    assert_eq!(
        field_errors(send(vec![person_recipient("ada"), person_recipient("nobody")]).await),
        field_error("/to/1/person", FieldErrorCode::Unknown)
    );
    assert_eq!(
        field_errors(send(vec![role_recipients("person:nobody", "follower")]).await),
        field_error("/to/0/object", FieldErrorCode::Unknown)
    );
    let sent =
        send(vec![person_recipient("ada"), person_recipient("portal:ada-1"), role_recipients("api:nothing", "OWNER")]).await.unwrap();
    assert_eq!(sent.recipients, 1, "each person counts once, and an unheld role adds no one");
    let mut empty = send_request("Hello");
    empty.content.clear();
    assert_eq!(field_errors(harness.campanile.send(&harness.admin, empty, None).await), field_error("/content", FieldErrorCode::Missing));
}

#[tokio::test]
async fn a_person_s_followers_are_reached_by_any_name_of_the_person() {
    let harness = Harness::new().await;
    let (ada, bo) = (harness.add_person("ada", false).await, harness.add_person("bo", false).await);
    let store = &harness.store;
    store.set_relation(harness.tenant.id, bo.id, &format!("person:{}", ada.id.0), "follower", true, start_time()).await.unwrap();
    for object in ["person:ada", "person:portal:ada-1"] {
        let to = harness.resolve(vec![role_recipients(object, "follower")]).await;
        assert_eq!(harness.campanile.audience_size(&harness.admin, &to).await.unwrap(), 1, "{object}");
        let audience = harness.campanile.audience(&harness.admin, &to, 5).await.unwrap();
        assert_eq!((audience.people, audience.with_email, audience.first[0].login.as_str()), (1, 1, "bo"));
    }
}

#[tokio::test]
async fn people_are_found_by_prefix() {
    let harness = Harness::new().await;
    for login in ["ada", "adele", "bo"] {
        harness.add_person(login, false).await;
    }
    let found = async |beginning: &str| {
        let found = harness.campanile.search_people(&harness.admin, beginning, 10).await.unwrap();
        found.into_iter().map(|person| person.login).collect::<Vec<_>>()
    };
    assert_eq!(found(" ad ").await, ["ada", "adele"]);
    assert_eq!(found("x").await, [""; 0]);
    let everyone = harness.resolve(vec![Recipients::Everyone]).await;
    assert_eq!(harness.campanile.audience_size(&harness.admin, &everyone).await.unwrap(), 3);
}

#[tokio::test]
async fn a_caller_without_the_right_cannot_send_or_read() {
    let harness = Harness::new().await;
    let (reads, sends) = (key_actor(&harness.tenant, "reads", &[Scope::Read]), key_actor(&harness.tenant, "sends", &[Scope::Send]));
    let everyone = harness.resolve(vec![Recipients::Everyone]).await;
    assert_refused!(harness.campanile.send(&reads, send_request("Hello"), None).await, Error::Forbidden);
    assert_refused!(harness.campanile.search_people(&reads, "", 1).await, Error::Forbidden);
    assert_refused!(harness.campanile.resolve_audience(&reads, Vec::new()).await, Error::Forbidden);
    assert_refused!(harness.campanile.resolve_person(&reads, &[]).await, Error::Forbidden);
    assert_refused!(harness.campanile.audience(&reads, &everyone, 1).await, Error::Forbidden);
    assert_refused!(harness.campanile.audience_size(&reads, &everyone).await, Error::Forbidden);
    assert_refused!(harness.campanile.sent_page(&sends, None, 1).await, Error::Forbidden);
    assert_refused!(harness.campanile.sent_notification(&sends, Uuid::nil()).await, Error::Forbidden);
}

#[tokio::test]
async fn a_person_is_found_by_the_first_name_that_someone_has() {
    let harness = Harness::new().await;
    harness.add_person("ada", false).await;
    harness.add_person("bo", false).await;
    let find = async |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let found = harness.campanile.resolve_person(&harness.admin, &names).await.unwrap();
        found.map(|audience| audience.selectors().to_vec())
    };
    assert_eq!(find(&["unknown", "portal:ada-1", "bo"]).await, Some(vec![person_recipient("portal:ada-1")]));
    assert_eq!(find(&["unknown"]).await, None);
}

#[tokio::test]
async fn an_audience_of_another_tenant_is_refused() {
    let harness = Harness::new().await;
    let other = harness.campanile.create_tenant(Operator, "other", TenantSettings::default()).await.unwrap();
    let by = key_actor(&other, "admin", &[Scope::Admin]);
    let everyone = harness.resolve(vec![Recipients::Everyone]).await;
    assert_refused!(harness.campanile.audience(&by, &everyone, 1).await, Error::Forbidden);
    assert_refused!(harness.campanile.audience_size(&by, &everyone).await, Error::Forbidden);
    assert_refused!(harness.campanile.submit(&by, harness.send_command("Hello").await).await, Error::Forbidden);
    let target = Destination::http("https://a.example/", HttpRequest::default());
    assert_refused!(harness.campanile.send_synchronously(&by, harness.send_command("Hello").await, target).await, Error::Forbidden);
}
