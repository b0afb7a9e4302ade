//! Credentials: links, sessions, tickets, portal tokens, API keys and the tokens they are exchanged for.

use std::time::Duration;

use campanile_domain::{
    Error, Person, Scope, Tenant,
    access::Actor,
    grant::Grant,
    identity::{BROWSER, LINK, SESSION, TICKET, TOKEN},
    secret::Kind,
};
use campanile_shared::{
    SignIn,
    administration::{NewApiKey, PortalSecretRotation},
};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use crate::{
    assert_refused,
    world::{World, start},
};

const SECOND: TimeDelta = TimeDelta::seconds(1);

fn after(time: Duration) -> DateTime<Utc> {
    start() + time
}

#[test]
fn what_lets_people_in_lasts_as_long_as_is_documented() {
    let hour = Duration::from_secs(3_600);
    assert_eq!((SESSION, LINK, BROWSER), (hour * 24 * 14, hour * 24, hour * 24 * 180));
    assert_eq!((TICKET, TOKEN), (Duration::from_secs(30), hour));
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_session_lasts_until_it_is_ended() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    let link = campanile.sign_in_link(world.tenant.id, ada.id).await.unwrap();
    assert_eq!((link.expires_at, link.secret.starts_with("cml_")), (after(LINK), true));
    assert_eq!(campanile.owner_of_link(&link.secret).await.unwrap(), ada, "the link is still unused");
    let session = campanile.sign_in(&SignIn::Link { link: link.secret.clone() }).await.unwrap();
    assert_eq!(session.expires_at, after(SESSION));
    assert_refused!(campanile.person_of_link(&link.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.owner_of_link(&link.secret).await, Error::Unauthenticated);
    assert_eq!(campanile.session(&session.secret).await.unwrap(), ada);
    assert_refused!(campanile.session("cms_wrong").await, Error::Unauthenticated);
    campanile.sign_out(&session.secret).await.unwrap();
    assert_refused!(campanile.session(&session.secret).await, Error::Unauthenticated);
    let session = campanile.begin_session(&ada).await.unwrap();
    world.pass(TimeDelta::from_std(SESSION).unwrap() - SECOND);
    assert!(campanile.session(&session.secret).await.is_ok());
    world.pass(SECOND);
    assert_refused!(campanile.session(&session.secret).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_person_s_own_token_is_no_session() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    let token = campanile.create_personal_token(world.tenant.id, ada.id, Duration::from_secs(60)).await.unwrap();
    assert_eq!(token.expires_at, after(Duration::from_secs(60)));
    let (who, grant) = campanile.admit(&token.secret, Kind::Personal).await.unwrap();
    assert_eq!((who, grant.kind, grant.until), (ada, Kind::Personal, token.expires_at));
    assert_refused!(campanile.session(&token.secret).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_ticket_is_used_once_and_good_for_no_longer_than_its_maker() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    let session = campanile.begin_session(&ada).await.unwrap();
    let (_, grant) = campanile.admit(&session.secret, Kind::Session).await.unwrap();
    campanile.check_grant(&ada, grant).await.unwrap();
    let ticket = campanile.ticket(&ada, grant).await.unwrap();
    assert_eq!(ticket.expires_at, after(TICKET));
    assert_eq!(campanile.take_ticket(&ticket.secret).await.unwrap(), (ada.clone(), grant));
    assert_refused!(campanile.take_ticket(&ticket.secret).await, Error::Unauthenticated);
    let short = Grant { until: start() + SECOND, ..grant };
    assert_eq!(campanile.ticket(&ada, short).await.unwrap().expires_at, start() + SECOND);
    campanile.sign_out(&session.secret).await.unwrap();
    assert_refused!(campanile.check_grant(&ada, grant).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_browser_is_known_for_its_own_person() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    world.person("bo", false).await;
    let browser = campanile.remember_browser(&ada).await.unwrap();
    assert_eq!(browser.expires_at, after(BROWSER));
    let knows = async |browser: &str, login: &str| {
        let account = campanile.account("acme", login).await.unwrap().unwrap();
        campanile.is_known_browser(browser, account).await.unwrap()
    };
    assert!(knows(&browser.secret, "ada").await);
    assert!(!knows(&browser.secret, "bo").await && !knows("cmb_wrong", "ada").await);
    campanile.forget_browser(&browser.secret).await.unwrap();
    assert!(!knows(&browser.secret, "ada").await);
}

/// A token as a portal signs it, which expires this many seconds after the test's start.
fn token(tenant: &Tenant, secret: &str, seconds: i64, more: &Value) -> String {
    let mut claims = json!({"iss": tenant.name, "sub": "ada", "exp": start().timestamp() + seconds});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_portal_s_token_lets_its_person_in_until_it_ends() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    let good = |seconds, more| token(&world.tenant, &world.tenant.portal_secret, seconds, &more);
    let until = async |token: &str| {
        let (who, grant) = campanile.portal_person(token).await.unwrap();
        assert_eq!((&who, grant.kind), (&ada, Kind::Portal));
        (grant.until - start()).num_seconds()
    };
    assert_eq!(until(&good(600, json!({}))).await, 600);
    assert_eq!(until(&good(600, json!({"sub": "portal:ada-1", "aud": "elsewhere"}))).await, 600);
    // A token inside the leeway of one minute expires when the leeway ends.
    assert_eq!(until(&good(0, json!({}))).await, 60);
    assert_eq!(until(&good(-10, json!({}))).await, 50);
    assert_eq!(until(&good(1, json!({}))).await, 1);
    for wrong in [
        good(-61, json!({})),
        good(600, json!({"iss": "other"})),
        good(600, json!({"sub": "nobody"})),
        good(600, json!({"aud": "unsubscribe"})),
        token(&world.tenant, "another secret", 600, &json!({})),
        "no.token".to_owned(),
    ] {
        assert_refused!(campanile.portal_person(&wrong).await, Error::Unauthenticated);
    }
}

#[tokio::test]
async fn the_former_portal_secret_is_good_for_its_overlap() {
    let world = World::new().await;
    let (campanile, _) = (&world.campanile, world.person("ada", false).await);
    let (old, rotation) = (world.tenant.portal_secret.clone(), PortalSecretRotation { overlap_hours: 1 });
    let new = campanile.rotate_portal_secret(&world.admin, rotation).await.unwrap();
    assert_eq!(new.former_until, Some(start() + TimeDelta::hours(1)));
    let until = async |secret: &str, seconds| {
        let token = token(&world.tenant, secret, seconds, &json!({}));
        campanile.portal_person(&token).await.map(|(_, grant)| (grant.until - start()).num_seconds())
    };
    assert_eq!(until(&new.secret, 600).await.unwrap(), 600);
    assert_eq!(until(&old, 600).await.unwrap(), 600);
    assert_eq!(until(&old, 3_660).await.unwrap(), 3_600, "no longer than the secret is valid");
    assert_eq!(until(&new.secret, 3_660).await.unwrap(), 3_660);
    world.pass(TimeDelta::hours(1) - SECOND);
    assert!(until(&old, 3_600).await.is_ok());
    world.pass(SECOND);
    assert_refused!(until(&old, 3_600).await, Error::Unauthenticated);
    assert!(until(&new.secret, 3_600).await.is_ok());
}

#[tokio::test]
async fn mail_is_ended_by_a_token_that_can_do_nothing_else() {
    let world = World::new().await;
    let (campanile, ada) = (&world.campanile, world.person("ada", false).await);
    let mut chosen = campanile.preferences(&ada).await.unwrap();
    chosen.mail = vec![campanile_shared::Severity::Error];
    campanile.set_preferences(&ada, &chosen).await.unwrap();
    let token = campanile.unsubscribe_token(&ada).await.unwrap();
    assert_refused!(campanile.portal_person(&token).await, Error::Unauthenticated);
    let sign = |secret: &str, claims: Value| {
        jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let (id, mail) = (ada.id.0.to_string(), world.tenant.mail_secret.as_str());
    for wrong in [
        "no token".to_owned(),
        sign("another secret", json!({"iss": "acme", "sub": id, "aud": "unsubscribe"})),
        sign(mail, json!({"iss": "acme", "sub": id, "aud": "elsewhere"})),
        sign(mail, json!({"iss": "acme", "sub": id})),
        sign(mail, json!({"iss": "acme", "sub": "ada", "aud": "unsubscribe"})),
        sign(mail, json!({"iss": "other", "sub": id, "aud": "unsubscribe"})),
    ] {
        assert_refused!(campanile.unsubscribe(&wrong).await, Error::NotFound);
    }
    assert_eq!(campanile.preferences(&ada).await.unwrap().mail, chosen.mail);
    campanile.unsubscribe(&token).await.unwrap();
    assert_eq!(campanile.preferences(&ada).await.unwrap().mail, []);
    campanile.unsubscribe(&token).await.unwrap();
}

#[tokio::test]
async fn a_key_is_exchanged_for_a_token_by_its_name() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let key = campanile.create_key(&world.tenant, "monitoring", &[Scope::Send]).await.unwrap();
    let sender = campanile.sender(&key).await.unwrap();
    assert_eq!((sender.name.as_str(), &sender.scopes[..], sender.tenant), ("monitoring", &[Scope::Send][..], world.tenant.id));
    assert_refused!(campanile.sender("cmp_wrong").await, Error::Unauthenticated);
    assert_refused!(campanile.exchange("another", &key).await, Error::Unauthenticated);
    let (who, token) = campanile.exchange("monitoring", &key).await.unwrap();
    assert_eq!((who, token.expires_at), (sender.clone(), after(TOKEN)));
    assert_eq!(campanile.token(&token.secret).await.unwrap(), sender);
    assert_refused!(campanile.token(&key).await, Error::Unauthenticated);
    campanile.revoke_key(&world.admin, "monitoring").await.unwrap();
    assert_refused!(campanile.sender(&key).await, Error::Unauthenticated);
    assert_refused!(campanile.token(&token.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.revoke_key(&world.admin, "another").await, Error::NotFound);
}

#[tokio::test]
async fn keys_are_listed_with_their_last_use() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let new = NewApiKey { name: "monitoring".to_owned(), scopes: vec![Scope::Send], requests_per_second: Some(7) };
    let text = campanile.add_key(&world.admin, &new).await.unwrap().secret;
    assert_refused!(campanile.add_key(&world.admin, &new).await, Error::Exists);
    let nameless = NewApiKey { name: String::new(), ..new.clone() };
    assert_eq!(crate::world::faults(campanile.add_key(&world.admin, &nameless).await).len(), 1);
    let sender = Actor::Sender(campanile.find_sender(&text).await.unwrap());
    assert_refused!(campanile.add_key(&sender, &NewApiKey { name: "more".to_owned(), ..new }).await, Error::Forbidden);
    assert_refused!(campanile.revoke_key(&sender, "monitoring").await, Error::Forbidden);
    let listed = campanile.keys(&world.admin, None, 10).await.unwrap();
    let key = &listed.items[0];
    assert_eq!((key.name.as_str(), key.requests_per_second, key.created_at), ("monitoring", Some(7), start()));
    assert_eq!((key.last_used_at, key.revoked_at), (Some(start()), None), "known before housekeeping writes it");
    world.pass(SECOND * 5);
    campanile.find_sender(&text).await.unwrap();
    campanile.tidy().await.unwrap();
    let written = campanile.store().keys(world.tenant.id, None, 10).await.unwrap();
    assert_eq!(written.items[0].last_used_at, Some(start() + SECOND * 5));
}

#[tokio::test]
async fn a_revoked_key_elsewhere_is_noticed() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let key = campanile.create_key(&world.tenant, "monitoring", &[Scope::Send]).await.unwrap();
    campanile.find_sender(&key).await.unwrap();
    campanile.store().revoke_key(world.tenant.id, "monitoring", start()).await.unwrap();
    assert!(campanile.find_sender(&key).await.is_ok(), "the key is cached for a second");
    campanile.forget_known_keys();
    assert_refused!(campanile.find_sender(&key).await, Error::Unauthenticated);
}

#[tokio::test]
async fn who_is_disabled_comes_in_by_nothing() {
    let world = World::new().await;
    world.person("ada", true).await;
    let bo: Person = world.person("bo", false).await;
    let campanile = &world.campanile;
    let session = campanile.begin_session(&bo).await.unwrap();
    let link = campanile.sign_in_link(world.tenant.id, bo.id).await.unwrap();
    campanile.set_disabled(&world.admin, "bo", true).await.unwrap();
    assert_refused!(campanile.session(&session.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.person_of_link(&link.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.begin_session(&bo).await, Error::Unauthenticated);
}
