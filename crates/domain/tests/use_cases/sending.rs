//! Sends by our own API, and what senders see afterwards.

use campanile_domain::{Error, Scope, access::Actor, store::Claim};
use campanile_shared::{Channel, HttpPost, Recipients, problem::FieldFault, sent::SenderKind};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, draft, fault, faults, key, named, role, start},
};

fn claim(body: u8) -> Option<Claim> {
    Some(Claim { scope: "tests".to_owned(), key: "1".to_owned(), body: [body; 32], answer: None })
}

#[tokio::test]
async fn what_is_sent_is_in_inboxes_and_in_the_list_of_what_was_sent() {
    let world = World::new().await;
    let (ada, bo) = (world.person("ada", true).await, world.person("bo", false).await);
    let by = Actor::Person(ada.clone());
    let mut second = draft("Second");
    second.component = Some("  ".to_owned());
    let first = world.campanile.send(&by, draft("First"), None).await.unwrap();
    let second = world.campanile.send(&by, second, None).await.unwrap();
    assert_eq!((first.sequence, first.recipients, first.accepted_at, first.not_before), (1, 2, start(), None));
    assert_eq!((second.sequence, second.id.get_version_num()), (2, 7));
    assert_ne!(first.id, second.id);
    for who in [&ada, &bo] {
        assert_eq!(world.titles(who).await, ["Second", "First"]);
    }
    let page = world.campanile.sent(&by, None, 1).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].id, page.next.as_deref()), (1, second.id, Some("2")));
    assert_eq!((page.items[0].component.as_deref(), page.items[0].sender.as_str()), (None, "ada of Acme"));
    assert_eq!(page.items[0].sender_kind, Some(SenderKind::Person));
    let (found, next) = world.campanile.notifications(&by, Some(2), 10).await.unwrap();
    assert_eq!((found.len(), found[0].id, next), (1, first.id, None));
    let one = world.campanile.sent_one(&by, first.id).await.unwrap();
    assert_eq!((one.content[0].title.as_str(), one.source.as_str(), one.to.len()), ("First", "campanile", 1));
    assert_refused!(world.campanile.sent_one(&by, Uuid::nil()).await, Error::NotFound);
}

#[tokio::test]
async fn a_component_is_kept() {
    let world = World::new().await;
    let ada = world.person("ada", true).await;
    let mut shop = draft("Sold out");
    shop.component = Some("Shop".to_owned());
    world.campanile.send(&world.admin, shop, None).await.unwrap();
    assert_eq!(world.campanile.components(&ada).await.unwrap(), ["Shop"]);
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_was() {
    let world = World::new().await;
    world.person("ada", true).await;
    let first = world.campanile.send(&world.admin, draft("Once"), claim(1)).await.unwrap();
    world.person("bo", false).await;
    world.pass(TimeDelta::minutes(1));
    let again = world.campanile.send(&world.admin, draft("Once"), claim(1)).await.unwrap();
    assert_eq!(again, first, "new people do not change the response");
    assert_eq!(first.recipients, 1);
    assert_refused!(world.campanile.send(&world.admin, draft("Twice"), claim(2)).await, Error::KeyReused);
    assert_eq!(world.campanile.sent(&world.admin, None, 10).await.unwrap().items.len(), 1);
    assert!(world.campanile.first(&world.admin, claim(1).as_ref()).await.unwrap().is_some());
    let other = Claim { key: "2".to_owned(), ..claim(1).unwrap() };
    assert!(world.campanile.first(&world.admin, Some(&other)).await.unwrap().is_none());
}

#[tokio::test]
async fn each_channel_counts_its_own_recipients() {
    let world = World::new().await;
    for login in ["ada", "bo"] {
        world.person(login, false).await;
    }
    let send = async |channel, http, to| {
        let mut draft = draft("Hello");
        (draft.channel, draft.http, draft.to) = (channel, http, to);
        world.campanile.send(&world.admin, draft, None).await.unwrap()
    };
    let everyone = || vec![Recipients::Everyone];
    assert_eq!(send(Channel::Portal, None, everyone()).await.recipients, 2);
    let mail = send(Channel::Email, None, everyone()).await;
    assert_eq!(mail.recipients, 2);
    let http = HttpPost { url: " https://a.example/hook ".to_owned(), body: "mine".to_owned(), ..HttpPost::default() };
    let posted = send(Channel::Http, Some(http), Vec::new()).await;
    assert_eq!(posted.recipients, 1);
    let deliveries = world.campanile.deliveries(&world.admin, posted.id, None, 10).await.unwrap();
    assert_eq!((deliveries.items.len(), deliveries.items[0].target.as_str()), (1, "https://a.example/hook"));
    let ada = world.campanile.account("acme", "ada").await.unwrap().unwrap();
    let ada = world.campanile.store().person(ada.tenant, ada.person).await.unwrap().unwrap();
    assert_eq!(world.titles(&ada).await, ["Hello"], "mail and POSTs are in no inbox");
}

#[tokio::test]
async fn unknown_people_are_named_where_they_stand() {
    let world = World::new().await;
    world.person("ada", false).await;
    let send = async |to| {
        let mut draft = draft("Hello");
        draft.to = to;
        world.campanile.send(&world.admin, draft, None).await
    };
    assert_eq!(faults(send(vec![named("ada"), named("nobody")]).await), fault("/to/1/person", FieldFault::Unknown));
    assert_eq!(faults(send(vec![role("person:nobody", "follower")]).await), fault("/to/0/object", FieldFault::Unknown));
    let sent = send(vec![named("ada"), named("portal:ada-1"), role("api:nothing", "OWNER")]).await.unwrap();
    assert_eq!(sent.recipients, 1, "each person counts once, and an unheld role adds no one");
    let mut empty = draft("Hello");
    empty.content.clear();
    assert_eq!(faults(world.campanile.send(&world.admin, empty, None).await), fault("/content", FieldFault::Missing));
}

#[tokio::test]
async fn a_person_s_followers_are_reached_by_any_name_of_the_person() {
    let world = World::new().await;
    let (ada, bo) = (world.person("ada", false).await, world.person("bo", false).await);
    let store = world.campanile.store();
    store.relate(world.tenant.id, bo.id, &format!("person:{}", ada.id.0), "follower", true, start()).await.unwrap();
    for object in ["person:ada", "person:portal:ada-1"] {
        let to = vec![role(object, "follower")];
        assert_eq!(world.campanile.audience_size(&world.admin, &to).await.unwrap(), 1, "{object}");
        let audience = world.campanile.audience(&world.admin, &to, 5).await.unwrap();
        assert_eq!((audience.people, audience.with_email, audience.first[0].login.as_str()), (1, 1, "bo"));
    }
}

#[tokio::test]
async fn people_are_found_by_how_they_begin() {
    let world = World::new().await;
    for login in ["ada", "adele", "bo"] {
        world.person(login, false).await;
    }
    let found = async |beginning: &str| {
        let found = world.campanile.people(&world.admin, beginning, 10).await.unwrap();
        found.into_iter().map(|person| person.login).collect::<Vec<_>>()
    };
    assert_eq!(found(" ad ").await, ["ada", "adele"]);
    assert_eq!(found("x").await, [""; 0]);
    let everyone = vec![Recipients::Everyone];
    assert_eq!(world.campanile.audience_size(&world.admin, &everyone).await.unwrap(), 3);
}

#[tokio::test]
async fn who_may_not_send_or_read_does_neither() {
    let world = World::new().await;
    let (reads, sends) = (key(&world.tenant, "reads", &[Scope::Read]), key(&world.tenant, "sends", &[Scope::Send]));
    let everyone = vec![Recipients::Everyone];
    assert_refused!(world.campanile.send(&reads, draft("Hello"), None).await, Error::Forbidden);
    assert_refused!(world.campanile.people(&reads, "", 1).await, Error::Forbidden);
    assert_refused!(world.campanile.audience(&reads, &everyone, 1).await, Error::Forbidden);
    assert_refused!(world.campanile.audience_size(&reads, &everyone).await, Error::Forbidden);
    assert_refused!(world.campanile.sent(&sends, None, 1).await, Error::Forbidden);
    assert_refused!(world.campanile.sent_one(&sends, Uuid::nil()).await, Error::Forbidden);
}
