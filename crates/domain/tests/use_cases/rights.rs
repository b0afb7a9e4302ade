//! Which callers may use what: senders, readers, administrators and the operator.

use std::time::Duration;

use campanile_domain::{
    Error, Operator, Scope, TenantSettings,
    model::{
        access::Actor,
        inbox_item::{BroadcastFilter, BroadcastQuery},
    },
    people::PublicProfile,
};
use campanile_shared::{
    Recipients,
    administration::NewApiKey,
    directory::{ObjectRecord, Record, Relation},
    problem::FieldErrorCode,
};
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, key_actor},
    security_log,
};

#[tokio::test]
async fn only_a_sender_looks_up_people_settings_and_deliveries() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let sender = key_actor(&harness.tenant, "sender", &[Scope::Send]);
    assert_eq!(campanile.find_person(&sender, "portal:ada-1").await.unwrap(), Some(ada.id));
    assert_eq!(campanile.find_person(&sender, "bo").await.unwrap(), None);
    assert_eq!(campanile.person(&sender, "ada").await.unwrap(), Some(ada.clone()));
    assert_eq!(campanile.person(&sender, "bo").await.unwrap(), None);
    let settings = TenantSettings { unique_events: true, connections: "friend".to_owned(), ..TenantSettings::default() };
    campanile.set_tenant_settings(&harness.admin, settings).await.unwrap();
    assert!(campanile.has_unique_events(&sender).await.unwrap());
    assert_eq!(campanile.connections_relation(&sender).await.unwrap(), "friend");
    let sent = campanile.submit(&sender, harness.send_command("Sold out").await).await.unwrap().id;
    assert_eq!(campanile.first_delivery(&sender, sent).await.unwrap(), None, "it has no delivery");
    for other in [key_actor(&harness.tenant, "reader", &[Scope::Read, Scope::Directory]), Actor::Person(ada)] {
        assert_refused!(campanile.find_person(&other, "ada").await, Error::Forbidden);
        assert_refused!(campanile.person(&other, "ada").await, Error::Forbidden);
        assert_refused!(campanile.has_unique_events(&other).await, Error::Forbidden);
        assert_refused!(campanile.connections_relation(&other).await, Error::Forbidden);
        assert_refused!(campanile.first_delivery(&other, sent).await, Error::Forbidden);
    }
}

#[tokio::test]
async fn a_disabled_person_is_found_and_not_shown() {
    let harness = Harness::new().await;
    let (campanile, ada, bo) = (&harness.campanile, harness.add_person("ada", false).await, harness.add_person("bo", false).await);
    let profile = Some(PublicProfile { login: "ada".to_owned(), name: "ada of Acme".to_owned() });
    assert_eq!(campanile.public_profile(&bo, "portal:ada-1").await.unwrap(), profile);
    campanile.set_disabled(&harness.admin, "ada", true).await.unwrap();
    assert_eq!(campanile.public_profile(&bo, "ada").await.unwrap(), None);
    assert_eq!(campanile.person(&harness.admin, "ada").await.unwrap(), None);
    assert_eq!(campanile.find_person(&harness.admin, "ada").await.unwrap(), Some(ada.id));
}

#[tokio::test]
async fn only_the_operator_acts_in_the_name_of_others() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, Actor::Person(harness.add_person("ada", true).await));
    let (operator, life) = (Operator.on(&harness.tenant), Duration::from_secs(2 * 86_400));
    campanile.set_password(&operator, "ada", "seven silver bells").await.unwrap();
    assert!(security_log::lines().last().is_some_and(|line| line.contains("password_set") && line.contains("operator")));
    campanile.create_personal_token(&operator, "ada", life).await.unwrap();
    assert!(security_log::lines().last().is_some_and(|line| line.contains("personal_token_created") && line.contains("2 days")));
    assert_refused!(campanile.set_password(&operator, "unknown", "seven silver bells").await, Error::NotFound);
    for other in [&ada, &harness.admin] {
        assert_refused!(campanile.set_password(other, "ada", "seven silver bells").await, Error::Forbidden);
        assert_refused!(campanile.create_personal_token(other, "ada", life).await, Error::Forbidden);
    }
}

#[tokio::test]
async fn administrators_make_links_and_administrators() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let (ada, bo) = (Actor::Person(harness.add_person("ada", true).await), Actor::Person(harness.add_person("bo", false).await));
    assert_refused!(campanile.create_sign_in_link(&bo, "ada").await, Error::Forbidden);
    assert_refused!(campanile.set_administrator(&bo, "bo", true).await, Error::Forbidden);
    assert_refused!(campanile.create_key(&bo, &NewApiKey::new("mine", &[Scope::Admin])).await, Error::Forbidden);
    assert_refused!(campanile.set_administrator(&ada, "ada", false).await, Error::LastAdministrator);
    assert_refused!(campanile.set_administrator(&Operator.on(&harness.tenant), "ada", false).await, Error::LastAdministrator);
    campanile.set_administrator(&ada, "bo", true).await.unwrap();
    assert!(campanile.member(&ada, "bo").await.unwrap().administrator);
    let own = campanile.set_administrator(&ada, "ada", false).await;
    assert_eq!(field_errors(own), field_error("/administrator", FieldErrorCode::Forbidden));
    campanile.set_administrator(&ada, "bo", false).await.unwrap();
    assert!(!campanile.member(&ada, "bo").await.unwrap().administrator);
}

#[tokio::test]
async fn the_directory_is_exported_with_its_right() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    harness.add_person("ada", false).await;
    let object = Record::Object(ObjectRecord { object: "api:orders".to_owned(), name: "Orders".to_owned() });
    let relation =
        Record::Relation(Relation { object: "api:orders".to_owned(), relation: "OWNER".to_owned(), subject: "person:ada".to_owned() });
    for record in [&object, &relation] {
        campanile.put_record(&harness.admin, record.clone()).await.unwrap();
    }
    let mut export = campanile.export_directory(&key_actor(&harness.tenant, "keeper", &[Scope::Directory])).unwrap();
    let mut records = Vec::new();
    while let Some(page) = export.next_page().await.unwrap() {
        records.extend(page);
    }
    assert!(matches!(&records[0], Record::Person(person) if person.login == "ada"), "{records:?}");
    assert_eq!(records[1..], [object, relation]);
    let sender = key_actor(&harness.tenant, "sender", &[Scope::Send, Scope::Read]);
    assert_refused!(campanile.export_directory(&sender), Error::Forbidden);
}

#[tokio::test]
async fn an_inbox_is_split_by_broadcast() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let one = Recipients::Person { person: "ada".to_owned() };
    for (title, to) in [("All", Recipients::Everyone), ("One", one)] {
        let command = harness.send_command(title).await;
        let to = harness.resolve(vec![to]).await;
        campanile.submit(&harness.admin, campanile_domain::send::SendCommand { to, ..command }).await.unwrap();
    }
    for (filter, expected) in [(BroadcastFilter::Broadcast, "All"), (BroadcastFilter::Targeted, "One")] {
        let (items, next) = campanile.items_by_broadcast(&ada, BroadcastQuery::all(filter), 10).await.unwrap();
        let titles: Vec<_> = items.iter().map(|dated| dated.item.notification.message.content[0].title.as_str()).collect();
        assert_eq!((titles, next), (vec![expected], None));
        assert_eq!(campanile.count_by_broadcast(&ada, BroadcastQuery::all(filter), 10).await.unwrap(), 1);
    }
    assert_eq!(campanile.first_delivery(&harness.admin, Uuid::nil()).await.unwrap(), None);
}

#[tokio::test]
async fn a_sign_in_names_its_tenant_if_there_are_several() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    assert_eq!(campanile.sign_in_tenant("elsewhere").await.unwrap().as_deref(), Some("acme"), "the only one");
    campanile.create_tenant(Operator, "beta", TenantSettings::default()).await.unwrap();
    assert_eq!(campanile.sign_in_tenant("beta").await.unwrap().as_deref(), Some("beta"));
    assert_eq!(campanile.sign_in_tenant("elsewhere").await.unwrap(), None);
    let names: Vec<_> = campanile.tenants(Operator).await.unwrap().into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["acme", "beta"]);
    assert_eq!(campanile.tenant(Operator, "BETA").await.unwrap().map(|tenant| tenant.name).as_deref(), Some("beta"));
}
