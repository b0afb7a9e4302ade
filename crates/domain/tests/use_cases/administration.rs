//! People and settings, as administrators manage them, and counts of sent notifications.

use campanile_domain::{Error, TenantSettings, access::Actor, volume::Of};
use campanile_shared::{
    administration::{MemberChange, NewMember, PortalSecretRotation},
    directory::PersonRecord,
    problem::FieldFault,
};
use chrono::TimeDelta;

use crate::{
    assert_refused,
    world::{World, draft, fault, faults, post, start},
};

fn new(login: &str, name: Option<&str>, administrator: bool) -> NewMember {
    let person = PersonRecord {
        login: login.to_owned(),
        name: name.map(str::to_owned),
        email: Some(format!("{login}@acme.example")),
        languages: vec!["de".parse().unwrap()],
        external_ids: vec![format!("portal:{login}-1")],
    };
    NewMember { person, administrator }
}

#[tokio::test]
async fn people_are_added_listed_and_changed() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let added = campanile.add_member(&world.admin, new("ada", Some("Ada Byron"), true)).await.unwrap();
    assert_eq!((added.person, added.administrator, added.disabled_at), (new("ada", Some("Ada Byron"), true).person, true, None));
    let nameless = campanile.add_member(&world.admin, new("bo", None, false)).await.unwrap();
    assert_eq!((nameless.person.name.as_deref(), nameless.administrator), (Some("bo"), false));
    assert_refused!(campanile.add_member(&world.admin, new("ada", None, false)).await, Error::Exists);
    assert_eq!(faults(campanile.add_member(&world.admin, new(" ", None, false)).await)[0].0, "/login");
    let (first, next) = campanile.members(&world.admin, "", None, 1).await.unwrap();
    assert_eq!(first[0].person.login, "ada");
    let (second, end) = campanile.members(&world.admin, "", next, 1).await.unwrap();
    assert_eq!((second.len(), second[0].person.login.as_str()), (1, "bo"));
    assert!(end.is_none() || campanile.members(&world.admin, "", end, 1).await.unwrap().0.is_empty());
    let (byron, _) = campanile.members(&world.admin, "byr", None, 10).await.unwrap();
    assert_eq!(byron.len(), 1);
    let change = MemberChange { name: "Ada King".to_owned(), email: None, languages: vec!["fr".parse().unwrap()] };
    let changed = campanile.change_member(&world.admin, "portal:ada-1", change).await.unwrap().person;
    assert_eq!((changed.login.as_str(), changed.name.as_deref(), changed.email.as_deref()), ("ada", Some("Ada King"), None));
    assert_eq!((changed.languages[0].as_str(), changed.external_ids.len()), ("fr", 1));
    assert_eq!(campanile.member(&world.admin, "ada").await.unwrap().person, changed);
    let wrong = MemberChange { name: "two\nlines".to_owned(), ..MemberChange::default() };
    assert_eq!(faults(campanile.change_member(&world.admin, "ada", wrong).await), fault("/name", FieldFault::ControlCharacter));
    assert_refused!(campanile.member(&world.admin, "nobody").await, Error::NotFound);
}

#[tokio::test]
async fn nobody_disables_themselves_nor_the_last_administrator() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let ada = Actor::Person(world.person("ada", true).await);
    let bo = Actor::Person(world.person("bo", false).await);
    assert_refused!(campanile.set_disabled(&ada, "ada", true).await, Error::LastAdministrator);
    assert_refused!(campanile.set_disabled(&bo, "ada", true).await, Error::Forbidden);
    assert_refused!(campanile.set_disabled(&world.admin, "ada", true).await, Error::LastAdministrator);
    let disabled = campanile.set_disabled(&ada, "bo", true).await.unwrap();
    assert_eq!(disabled.disabled_at, Some(start()));
    assert_eq!(faults(campanile.link_for(&ada, "bo").await), fault("/login", FieldFault::Forbidden));
    assert_eq!(campanile.set_disabled(&ada, "bo", false).await.unwrap().disabled_at, None);
    let link = campanile.link_for(&ada, "bo").await.unwrap();
    assert_eq!(campanile.person_of_link(&link.secret).await.unwrap().login, "bo");
    world.person("cy", true).await;
    assert_eq!(faults(campanile.set_disabled(&ada, "ada", true).await), fault("/disabled", FieldFault::Forbidden));
}

#[tokio::test]
async fn settings_are_kept_as_they_are_answered() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let chosen = TenantSettings { display_name: " Acme Inc. ".to_owned(), retention_days: 7, ..TenantSettings::default() };
    let kept = campanile.choose_tenant_settings(&world.admin, chosen).await.unwrap();
    assert_eq!((kept.display_name.as_str(), kept.retention_days), ("Acme Inc.", 7));
    assert_eq!(campanile.tenant_settings(&world.admin).await.unwrap(), kept);
    let wrong = TenantSettings { connections: String::new(), ..kept.clone() };
    assert_eq!(faults(campanile.choose_tenant_settings(&world.admin, wrong).await), fault("/connections", FieldFault::Missing));
    let bo = Actor::Person(world.person("bo", false).await);
    assert_refused!(campanile.choose_tenant_settings(&bo, kept.clone()).await, Error::Forbidden);
    assert_refused!(campanile.tenant_settings(&bo).await, Error::Forbidden);
    assert_eq!(campanile.tenant_settings(&world.admin).await.unwrap(), kept);
}

#[tokio::test]
async fn a_portal_secret_is_replaced_at_once_or_after_a_while() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let rotate = async |overlap_hours| campanile.rotate_portal_secret(&world.admin, PortalSecretRotation { overlap_hours }).await;
    let at_once = rotate(0).await.unwrap();
    assert_eq!((at_once.former_until, at_once.secret.starts_with("cmx_")), (None, true));
    assert_eq!(rotate(720).await.unwrap().former_until, Some(start() + TimeDelta::days(30)));
    assert_eq!(faults(rotate(721).await), fault("/overlap_hours", FieldFault::TooMany));
    let tenant = campanile.store().tenant("acme").await.unwrap().unwrap();
    assert_eq!(tenant.former_portal_secret.map(|former| former.secret), Some(at_once.secret));
    assert_eq!(tenant.mail_secret, world.tenant.mail_secret);
    let back = campanile.replace_portal_secret(world.tenant.id, TimeDelta::seconds(-1)).await.unwrap();
    assert_eq!(back.former_until, None);
}

#[tokio::test]
async fn a_tenant_has_a_name_for_paths_and_secrets_of_its_own() {
    let world = World::new().await;
    let create = async |name: &str| world.campanile.create_tenant(name, TenantSettings::default()).await;
    let other = create("Beta-2").await.unwrap();
    assert!(other.portal_secret.starts_with("cmx_") && other.mail_secret.starts_with("cme_"));
    assert_ne!(other.portal_secret, world.tenant.portal_secret);
    assert_refused!(create("ACME").await, Error::Exists);
    assert_eq!(faults(create("a/b").await), fault("/name", FieldFault::Malformed));
}

#[tokio::test]
async fn what_was_sent_is_counted_by_day_component_and_sender() {
    let world = World::new().await;
    let campanile = &world.campanile;
    campanile.send(&world.admin, draft("Hello"), None).await.unwrap();
    for _ in 0..2 {
        campanile.post(&world.admin, post(&world.admin, "Sold out")).await.unwrap();
    }
    let volume = campanile.volume(&world.admin, &Of::All).await.unwrap();
    assert!(volume.complete);
    let today = volume.days.last().unwrap();
    assert_eq!((volume.days.len(), today.day, today.counts.total(), today.counts.warning), (30, start().date_naive(), 3, 2));
    assert_eq!((volume.senders[0].sender.as_str(), volume.senders[0].count), ("admin", 3));
    let shop = campanile.volume(&world.admin, &Of::Component(Some("Shop".to_owned()))).await.unwrap();
    assert_eq!(shop.days.last().unwrap().counts.total(), 2);
    let bo = Actor::Person(world.person("bo", false).await);
    assert_refused!(campanile.volume(&bo, &Of::All).await, Error::Forbidden);
}
