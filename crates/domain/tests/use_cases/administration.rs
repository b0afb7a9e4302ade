//! People and settings, as administrators manage them, and counts of sent notifications.

use campanile_domain::{
    Error, Operator, TenantSettings,
    model::{access::Actor, volume_filter::VolumeFilter},
};
use campanile_shared::{
    administration::{MemberChange, NewMember, PortalSecretRotation},
    directory::PersonRecord,
    problem::FieldErrorCode,
};
use chrono::TimeDelta;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, send_request, start_time},
};

fn new_member(login: &str, name: Option<&str>, administrator: bool) -> NewMember {
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
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let added = campanile.add_member(&harness.admin, new_member("ada", Some("Ada Byron"), true)).await.unwrap();
    assert_eq!((added.person, added.administrator, added.disabled_at), (new_member("ada", Some("Ada Byron"), true).person, true, None));
    let nameless = campanile.add_member(&harness.admin, new_member("bo", None, false)).await.unwrap();
    assert_eq!((nameless.person.name.as_deref(), nameless.administrator), (Some("bo"), false));
    assert_refused!(campanile.add_member(&harness.admin, new_member("ada", None, false)).await, Error::AlreadyExists);
    assert_eq!(field_errors(campanile.add_member(&harness.admin, new_member(" ", None, false)).await)[0].0, "/login");
    let (first, next) = campanile.members(&harness.admin, "", None, 1).await.unwrap();
    assert_eq!(first[0].person.login, "ada");
    let (second, end) = campanile.members(&harness.admin, "", next, 1).await.unwrap();
    assert_eq!((second.len(), second[0].person.login.as_str()), (1, "bo"));
    assert!(end.is_none() || campanile.members(&harness.admin, "", end, 1).await.unwrap().0.is_empty());
    let (byron, _) = campanile.members(&harness.admin, "byr", None, 10).await.unwrap();
    assert_eq!(byron.len(), 1);
    let change = MemberChange { name: "Ada King".to_owned(), email: None, languages: vec!["fr".parse().unwrap()] };
    let changed = campanile.change_member(&harness.admin, "portal:ada-1", change).await.unwrap().person;
    assert_eq!((changed.login.as_str(), changed.name.as_deref(), changed.email.as_deref()), ("ada", Some("Ada King"), None));
    assert_eq!((changed.languages[0].as_str(), changed.external_ids.len()), ("fr", 1));
    assert_eq!(campanile.member(&harness.admin, "ada").await.unwrap().person, changed);
    let wrong = MemberChange { name: "two\nlines".to_owned(), ..MemberChange::default() };
    assert_eq!(
        field_errors(campanile.change_member(&harness.admin, "ada", wrong).await),
        field_error("/name", FieldErrorCode::ControlCharacter)
    );
    assert_refused!(campanile.member(&harness.admin, "nobody").await, Error::NotFound);
}

#[tokio::test]
async fn people_cannot_disable_themselves_or_the_last_administrator() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let ada = Actor::Person(harness.add_person("ada", true).await);
    let bo = Actor::Person(harness.add_person("bo", false).await);
    assert_refused!(campanile.set_disabled(&ada, "ada", true).await, Error::LastAdministrator);
    assert_refused!(campanile.set_disabled(&bo, "ada", true).await, Error::Forbidden);
    assert_refused!(campanile.set_disabled(&harness.admin, "ada", true).await, Error::LastAdministrator);
    let disabled = campanile.set_disabled(&ada, "bo", true).await.unwrap();
    assert_eq!(disabled.disabled_at, Some(start_time()));
    assert_eq!(field_errors(campanile.create_sign_in_link(&ada, "bo").await), field_error("/login", FieldErrorCode::Forbidden));
    assert_eq!(campanile.set_disabled(&ada, "bo", false).await.unwrap().disabled_at, None);
    let link = campanile.create_sign_in_link(&ada, "bo").await.unwrap();
    assert_eq!(campanile.redeem_sign_in_link(&link.secret).await.unwrap().login, "bo");
    harness.add_person("cy", true).await;
    assert_eq!(field_errors(campanile.set_disabled(&ada, "ada", true).await), field_error("/disabled", FieldErrorCode::Forbidden));
}

#[tokio::test]
async fn settings_are_stored_as_returned() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let chosen = TenantSettings { display_name: " Acme Inc. ".to_owned(), retention_days: 7, ..TenantSettings::default() };
    let kept = campanile.set_tenant_settings(&harness.admin, chosen).await.unwrap();
    assert_eq!((kept.display_name.as_str(), kept.retention_days), ("Acme Inc.", 7));
    assert_eq!(campanile.tenant_settings(&harness.admin).await.unwrap(), kept);
    let wrong = TenantSettings { connections: String::new(), ..kept.clone() };
    assert_eq!(
        field_errors(campanile.set_tenant_settings(&harness.admin, wrong).await),
        field_error("/connections", FieldErrorCode::Missing)
    );
    let bo = Actor::Person(harness.add_person("bo", false).await);
    assert_refused!(campanile.set_tenant_settings(&bo, kept.clone()).await, Error::Forbidden);
    assert_refused!(campanile.tenant_settings(&bo).await, Error::Forbidden);
    assert_eq!(campanile.tenant_settings(&harness.admin).await.unwrap(), kept);
}

#[tokio::test]
async fn a_portal_secret_is_rotated_with_or_without_overlap() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let rotate = async |overlap_hours| campanile.rotate_portal_secret(&harness.admin, PortalSecretRotation { overlap_hours }).await;
    let at_once = rotate(0).await.unwrap();
    assert_eq!((at_once.former_until, at_once.secret.starts_with("cmx_")), (None, true));
    assert_eq!(rotate(720).await.unwrap().former_until, Some(start_time() + TimeDelta::days(30)));
    assert_eq!(field_errors(rotate(721).await), field_error("/overlap_hours", FieldErrorCode::TooMany));
    let tenant = harness.store.tenant("acme").await.unwrap().unwrap();
    assert_eq!(tenant.former_portal_secret.map(|former| former.secret), Some(at_once.secret));
    assert_eq!(tenant.mail_secret, harness.tenant.mail_secret);
}

#[tokio::test]
async fn a_tenant_has_a_path_name_and_its_own_secrets() {
    let harness = Harness::new().await;
    let create = async |name: &str| harness.campanile.create_tenant(Operator, name, TenantSettings::default()).await;
    let other = create("Beta-2").await.unwrap();
    assert!(other.portal_secret.starts_with("cmx_") && other.mail_secret.starts_with("cme_"));
    assert_ne!(other.portal_secret, harness.tenant.portal_secret);
    assert_refused!(create("ACME").await, Error::AlreadyExists);
    assert_eq!(field_errors(create("a/b").await), field_error("/name", FieldErrorCode::Malformed));
}

#[tokio::test]
async fn sends_are_counted_by_day_component_and_sender() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    campanile.send(&harness.admin, send_request("Hello"), None).await.unwrap();
    for _ in 0..2 {
        campanile.submit(&harness.admin, harness.send_command("Sold out").await).await.unwrap();
    }
    let volume = campanile.volume(&harness.admin, &VolumeFilter::All).await.unwrap();
    assert!(volume.complete);
    let today = volume.days.last().unwrap();
    assert_eq!((volume.days.len(), today.day, today.counts.total(), today.counts.warning), (30, start_time().date_naive(), 3, 2));
    assert_eq!((volume.senders[0].sender.as_str(), volume.senders[0].count), ("admin", 3));
    let shop = campanile.volume(&harness.admin, &VolumeFilter::Component(Some("Shop".to_owned()))).await.unwrap();
    assert_eq!(shop.days.last().unwrap().counts.total(), 2);
    let bo = Actor::Person(harness.add_person("bo", false).await);
    assert_refused!(campanile.volume(&bo, &VolumeFilter::All).await, Error::Forbidden);
}
