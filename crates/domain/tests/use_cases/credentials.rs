//! Credentials: links, sessions, tickets, portal tokens, API keys and the tokens they are exchanged for.

use std::time::Duration;

use campanile_domain::{
    Error, Operator, Person, Scope, Tenant,
    lifetimes::{ACCESS_TOKEN_LIFETIME, KNOWN_BROWSER_LIFETIME, SESSION_LIFETIME, SIGN_IN_LINK_LIFETIME, STREAM_TICKET_LIFETIME},
    model::{access::Actor, grant::Grant, secret::SecretKind},
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
    harness::{Harness, start_time},
};

const SECOND: TimeDelta = TimeDelta::seconds(1);

fn after_start(time: Duration) -> DateTime<Utc> {
    start_time() + time
}

#[test]
fn credentials_last_as_long_as_documented() {
    let hour = Duration::from_secs(3_600);
    assert_eq!((SESSION_LIFETIME, SIGN_IN_LINK_LIFETIME, KNOWN_BROWSER_LIFETIME), (hour * 24 * 14, hour * 24, hour * 24 * 180));
    assert_eq!((STREAM_TICKET_LIFETIME, ACCESS_TOKEN_LIFETIME), (Duration::from_secs(30), hour));
}

/// Creates the API key `monitoring`, which may send; returns its text.
async fn monitoring_key(harness: &Harness) -> String {
    harness.campanile.create_key(&harness.admin, &NewApiKey::new("monitoring", &[Scope::Send])).await.unwrap().secret
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_session_lasts_until_sign_out() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let link = campanile.create_sign_in_link(&harness.admin, "ada").await.unwrap();
    assert_eq!((link.expires_at, link.secret.starts_with("cml_")), (after_start(SIGN_IN_LINK_LIFETIME), true));
    assert_eq!(campanile.sign_in_link_person(&link.secret).await.unwrap(), ada, "the link is still unused");
    let session = campanile.sign_in(&SignIn::Link { link: link.secret.clone() }).await.unwrap();
    assert_eq!(session.expires_at, after_start(SESSION_LIFETIME));
    assert_refused!(campanile.redeem_sign_in_link(&link.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.sign_in_link_person(&link.secret).await, Error::Unauthenticated);
    assert_eq!(campanile.session_person(&session.secret).await.unwrap(), ada);
    assert_refused!(campanile.session_person("cms_wrong").await, Error::Unauthenticated);
    campanile.sign_out(&session.secret).await.unwrap();
    assert_refused!(campanile.session_person(&session.secret).await, Error::Unauthenticated);
    let session = campanile.create_session(&ada).await.unwrap();
    harness.advance(TimeDelta::from_std(SESSION_LIFETIME).unwrap() - SECOND);
    assert!(campanile.session_person(&session.secret).await.is_ok());
    harness.advance(SECOND);
    assert_refused!(campanile.session_person(&session.secret).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_personal_token_is_not_a_session() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let token = campanile.create_personal_token(&Operator.on(&harness.tenant), "ada", Duration::from_secs(60)).await.unwrap();
    assert_eq!(token.expires_at, after_start(Duration::from_secs(60)));
    let (who, grant) = campanile.authenticate(&token.secret, SecretKind::PersonalToken).await.unwrap();
    assert_eq!((who, grant.kind, grant.expires_at), (ada, SecretKind::PersonalToken, token.expires_at));
    assert_refused!(campanile.session_person(&token.secret).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_ticket_works_once_and_expires_with_its_session() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let session = campanile.create_session(&ada).await.unwrap();
    let (_, grant) = campanile.authenticate(&session.secret, SecretKind::Session).await.unwrap();
    campanile.check_grant(&ada, grant).await.unwrap();
    let ticket = campanile.create_ticket(&ada, grant).await.unwrap();
    assert_eq!(ticket.expires_at, after_start(STREAM_TICKET_LIFETIME));
    assert_eq!(campanile.redeem_ticket(&ticket.secret).await.unwrap(), (ada.clone(), grant));
    assert_refused!(campanile.redeem_ticket(&ticket.secret).await, Error::Unauthenticated);
    let short = Grant { expires_at: start_time() + SECOND, ..grant };
    assert_eq!(campanile.create_ticket(&ada, short).await.unwrap().expires_at, start_time() + SECOND);
    campanile.sign_out(&session.secret).await.unwrap();
    assert_refused!(campanile.check_grant(&ada, grant).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_known_browser_belongs_to_one_person() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    harness.add_person("bo", false).await;
    let browser = campanile.remember_browser(&ada).await.unwrap();
    assert_eq!(browser.expires_at, after_start(KNOWN_BROWSER_LIFETIME));
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
fn portal_token(tenant: &Tenant, secret: &str, seconds: i64, more: &Value) -> String {
    let mut claims = json!({"iss": tenant.name, "sub": "ada", "exp": start_time().timestamp() + seconds});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_portal_token_signs_in_its_person_until_it_expires() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let good = |seconds, more| portal_token(&harness.tenant, &harness.tenant.portal_secret, seconds, &more);
    let until = async |token: &str| {
        let (who, grant) = campanile.portal_token_person(token).await.unwrap();
        assert_eq!((&who, grant.kind), (&ada, SecretKind::Portal));
        (grant.expires_at - start_time()).num_seconds()
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
        portal_token(&harness.tenant, "another secret", 600, &json!({})),
        "no.token".to_owned(),
    ] {
        assert_refused!(campanile.portal_token_person(&wrong).await, Error::Unauthenticated);
    }
}

#[tokio::test]
async fn the_previous_portal_secret_works_during_the_overlap() {
    let harness = Harness::new().await;
    let (campanile, _) = (&harness.campanile, harness.add_person("ada", false).await);
    let (old, rotation) = (harness.tenant.portal_secret.clone(), PortalSecretRotation { overlap_hours: 1 });
    let new = campanile.rotate_portal_secret(&harness.admin, rotation).await.unwrap();
    assert_eq!(new.former_until, Some(start_time() + TimeDelta::hours(1)));
    let until = async |secret: &str, seconds| {
        let token = portal_token(&harness.tenant, secret, seconds, &json!({}));
        campanile.portal_token_person(&token).await.map(|(_, grant)| (grant.expires_at - start_time()).num_seconds())
    };
    assert_eq!(until(&new.secret, 600).await.unwrap(), 600);
    assert_eq!(until(&old, 600).await.unwrap(), 600);
    assert_eq!(until(&old, 3_660).await.unwrap(), 3_600, "no longer than the secret is valid");
    assert_eq!(until(&new.secret, 3_660).await.unwrap(), 3_660);
    harness.advance(TimeDelta::hours(1) - SECOND);
    assert!(until(&old, 3_600).await.is_ok());
    harness.advance(SECOND);
    assert_refused!(until(&old, 3_600).await, Error::Unauthenticated);
    assert!(until(&new.secret, 3_600).await.is_ok());
}

#[tokio::test]
async fn an_unsubscribe_token_only_ends_mail() {
    let harness = Harness::new().await;
    let (campanile, ada) = (&harness.campanile, harness.add_person("ada", false).await);
    let mut chosen = campanile.preferences(&ada).await.unwrap();
    chosen.mail = vec![campanile_shared::Severity::Error];
    campanile.set_preferences(&ada, &chosen).await.unwrap();
    let token = campanile.unsubscribe_token(&ada).await.unwrap();
    assert_refused!(campanile.portal_token_person(&token).await, Error::Unauthenticated);
    let sign = |secret: &str, claims: Value| {
        jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let (id, mail) = (ada.id.0.to_string(), harness.tenant.mail_secret.as_str());
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
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let key = monitoring_key(&harness).await;
    let sender = campanile.sender(&key).await.unwrap();
    assert_eq!((sender.name.as_str(), &sender.scopes[..], sender.tenant), ("monitoring", &[Scope::Send][..], harness.tenant.id));
    assert_refused!(campanile.sender("cmp_wrong").await, Error::Unauthenticated);
    assert_refused!(campanile.exchange_api_key("another", &key).await, Error::Unauthenticated);
    let (who, token) = campanile.exchange_api_key("monitoring", &key).await.unwrap();
    assert_eq!((who, token.expires_at), (sender.clone(), after_start(ACCESS_TOKEN_LIFETIME)));
    assert_eq!(campanile.token_sender(&token.secret).await.unwrap(), sender);
    assert_refused!(campanile.token_sender(&key).await, Error::Unauthenticated);
    campanile.revoke_key(&harness.admin, "monitoring").await.unwrap();
    assert_refused!(campanile.sender(&key).await, Error::Unauthenticated);
    assert_refused!(campanile.token_sender(&token.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.revoke_key(&harness.admin, "another").await, Error::NotFound);
}

#[tokio::test]
async fn keys_are_listed_with_their_last_use() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let new = NewApiKey { name: "monitoring".to_owned(), scopes: vec![Scope::Send], requests_per_second: Some(7) };
    let text = campanile.create_key(&harness.admin, &new).await.unwrap().secret;
    assert_refused!(campanile.create_key(&harness.admin, &new).await, Error::AlreadyExists);
    let nameless = NewApiKey { name: String::new(), ..new.clone() };
    assert_eq!(crate::harness::field_errors(campanile.create_key(&harness.admin, &nameless).await).len(), 1);
    let sender = Actor::Sender(campanile.find_sender(&text).await.unwrap());
    assert_refused!(campanile.create_key(&sender, &NewApiKey { name: "more".to_owned(), ..new }).await, Error::Forbidden);
    assert_refused!(campanile.revoke_key(&sender, "monitoring").await, Error::Forbidden);
    let listed = campanile.keys(&harness.admin, None, 10).await.unwrap();
    let key = &listed.items[0];
    assert_eq!((key.name.as_str(), key.requests_per_second, key.created_at), ("monitoring", Some(7), start_time()));
    assert_eq!((key.last_used_at, key.revoked_at), (Some(start_time()), None), "known before housekeeping writes it");
    harness.advance(SECOND * 5);
    campanile.find_sender(&text).await.unwrap();
    campanile.housekeeping_step().await.unwrap();
    let written = harness.store.keys(harness.tenant.id, None, 10).await.unwrap();
    assert_eq!(written.items[0].last_used_at, Some(start_time() + SECOND * 5));
}

#[tokio::test]
async fn a_key_and_its_token_revoked_by_another_process_end_within_a_second() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    for notified in [true, false] {
        let key = monitoring_key(&harness).await;
        let (sender, token) = campanile.exchange_api_key("monitoring", &key).await.unwrap();
        assert_eq!(campanile.token_sender(&token.secret).await.unwrap(), sender);
        harness.store.revoke_key(harness.tenant.id, "monitoring", start_time()).await.unwrap();
        assert!(campanile.find_sender(&key).await.is_ok(), "the key is cached for a second");
        assert!(campanile.token_sender(&token.secret).await.is_ok(), "the token is cached for a second");
        if notified {
            campanile.clear_sender_cache();
        } else {
            harness.advance(SECOND);
        }
        assert_refused!(campanile.find_sender(&key).await, Error::Unauthenticated);
        assert_refused!(campanile.token_sender(&token.secret).await, Error::Unauthenticated);
    }
}

#[tokio::test]
async fn a_cached_token_expires_at_its_time() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let key = monitoring_key(&harness).await;
    let (_, token) = campanile.exchange_api_key("monitoring", &key).await.unwrap();
    let last = TimeDelta::milliseconds(1);
    harness.advance(TimeDelta::from_std(ACCESS_TOKEN_LIFETIME).unwrap() - last);
    assert!(campanile.token_sender(&token.secret).await.is_ok());
    harness.advance(last);
    assert_refused!(campanile.token_sender(&token.secret).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_cached_token_is_not_a_key() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let key = monitoring_key(&harness).await;
    let (_, token) = campanile.exchange_api_key("monitoring", &key).await.unwrap();
    campanile.token_sender(&token.secret).await.unwrap();
    assert_refused!(campanile.find_sender(&token.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.exchange_api_key("monitoring", &token.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.token_sender(&key).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_disabled_person_cannot_authenticate() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    let bo: Person = harness.add_person("bo", false).await;
    let campanile = &harness.campanile;
    let session = campanile.create_session(&bo).await.unwrap();
    let link = campanile.create_sign_in_link(&harness.admin, "bo").await.unwrap();
    campanile.set_disabled(&harness.admin, "bo", true).await.unwrap();
    assert_refused!(campanile.session_person(&session.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.redeem_sign_in_link(&link.secret).await, Error::Unauthenticated);
    assert_refused!(campanile.create_session(&bo).await, Error::Unauthenticated);
}
