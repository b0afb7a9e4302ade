//! Passwords, API keys and tokens.

use std::num::NonZeroU32;

use campanile_domain::{
    Error, FormerSecret, Grant, PersonId, Scope, SecretHash, StoreEvent, TenantId,
    model::{
        access::Actor,
        grant::Listener,
        secret::SecretKind,
        token::{Token, TokenSubject},
    },
};
use campanile_shared::administration::NewApiKey;
use chrono::TimeDelta;

use crate::harness::{Harness, now, role};

const HASH: SecretHash = SecretHash([1; 32]);

fn new_token(harness: &Harness, kind: SecretKind, subject: TokenSubject) -> Token {
    Token { kind, tenant: harness.tenant, subject, expires_at: now() + TimeDelta::minutes(5) }
}

async fn holder(harness: &Harness, hash: SecretHash, kind: SecretKind) -> Option<PersonId> {
    match harness.store.token(hash, kind, now()).await.unwrap()?.actor {
        Actor::Person(person) => Some(person.id),
        Actor::Sender(_) | Actor::Operator { .. } => None,
    }
}

pub async fn a_new_password_ends_sessions(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    assert_eq!(harness.store.password(harness.tenant, ada).await.unwrap(), None);
    let others = SecretHash([2; 32]);
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    harness.store.insert_token(others, new_token(&harness, SecretKind::Session, TokenSubject::Person(bo))).await.unwrap();
    assert_eq!(holder(&harness, HASH, SecretKind::Session).await, Some(ada));
    harness.store.set_password(harness.tenant, ada, "$argon2id$x").await.unwrap();
    assert_eq!(harness.store.password(harness.tenant, ada).await.unwrap().as_deref(), Some("$argon2id$x"));
    assert_eq!(holder(&harness, HASH, SecretKind::Session).await, None);
    assert_eq!(holder(&harness, others, SecretKind::Session).await, Some(bo));
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.password(other, ada).await.unwrap(), None);
    assert!(matches!(harness.store.set_password(other, ada, "x").await, Err(Error::NotFound)));
}

pub async fn changing_a_password_keeps_one_session_and_personal_tokens(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.store.set_password(harness.tenant, ada, "former").await.unwrap();
    let kinds = [
        SecretKind::Session,
        SecretKind::Session,
        SecretKind::SignInLink,
        SecretKind::StreamTicket,
        SecretKind::KnownBrowser,
        SecretKind::PersonalToken,
    ];
    for (number, kind) in (1..).zip(kinds) {
        harness.store.insert_token(SecretHash([number; 32]), new_token(&harness, kind, TokenSubject::Person(ada))).await.unwrap();
    }
    let others = SecretHash([9; 32]);
    harness.store.insert_token(others, new_token(&harness, SecretKind::Session, TokenSubject::Person(bo))).await.unwrap();
    let change = |former: &'static str, person| harness.store.change_password(harness.tenant, person, former, "new", HASH);
    assert!(matches!(change("other", ada).await, Err(Error::NotFound)));
    assert!(matches!(change("former", bo).await, Err(Error::NotFound)), "only ada has that hash");
    change("former", ada).await.unwrap();
    assert_eq!(harness.store.password(harness.tenant, ada).await.unwrap().as_deref(), Some("new"));
    let mut left = Vec::new();
    for (number, kind) in (1..).zip(kinds) {
        left.push(holder(&harness, SecretHash([number; 32]), kind).await.is_some());
    }
    assert_eq!(left, [true, false, false, false, false, true]);
    assert_eq!(holder(&harness, others, SecretKind::Session).await, Some(bo));
}

pub async fn disabled_people_get_no_token(harness: Harness) {
    let ada = harness.person("ada").await;
    for kind in [SecretKind::Session, SecretKind::SignInLink, SecretKind::StreamTicket, SecretKind::PersonalToken, SecretKind::KnownBrowser]
    {
        harness.store.set_disabled(harness.tenant, ada, true, now()).await.unwrap();
        let kept = harness.store.insert_token(HASH, new_token(&harness, kind, TokenSubject::Person(ada))).await;
        assert!(matches!(kept, Err(Error::Unauthenticated)), "{kind:?}");
        harness.store.set_disabled(harness.tenant, ada, false, now()).await.unwrap();
        assert_eq!(holder(&harness, HASH, kind).await, None, "nor after they are enabled again");
    }
    let other = harness.tenant("other").await;
    let elsewhere = Token { tenant: other, ..new_token(&harness, SecretKind::Session, TokenSubject::Person(ada)) };
    assert!(matches!(harness.store.insert_token(HASH, elsewhere).await, Err(Error::Unauthenticated)));
}

pub async fn the_latest_known_browsers_are_kept(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    for number in 2..27 {
        let mut browser = new_token(&harness, SecretKind::KnownBrowser, TokenSubject::Person(ada));
        browser.expires_at += TimeDelta::seconds(number.into());
        harness.store.insert_token(SecretHash([number; 32]), browser).await.unwrap();
    }
    let mut left = Vec::new();
    for number in 2..27 {
        if holder(&harness, SecretHash([number; 32]), SecretKind::KnownBrowser).await.is_some() {
            left.push(number);
        }
    }
    assert_eq!(left, (7..27).collect::<Vec<_>>());
    assert_eq!(holder(&harness, HASH, SecretKind::Session).await, Some(ada));
}

pub async fn a_former_portal_secret_expires(harness: Harness) {
    let acme = || async { harness.store.tenant("acme").await.unwrap().unwrap() };
    let first = acme().await;
    assert_eq!((first.portal_secret.as_str(), first.mail_secret.as_str(), &first.former_portal_secret), ("secret", "mail", &None));
    let until = now() + TimeDelta::hours(1);
    harness.store.rotate_portal_secret(harness.tenant, "second", Some(until)).await.unwrap();
    let former = |secret: &str| Some(FormerSecret { secret: secret.to_owned(), valid_until: until });
    let second = acme().await;
    assert_eq!((second.portal_secret.as_str(), second.former_portal_secret), ("second", former("secret")));
    harness.store.rotate_portal_secret(harness.tenant, "third", Some(until)).await.unwrap();
    assert_eq!(acme().await.former_portal_secret, former("second"));
    harness.store.purge(until - TimeDelta::seconds(1), 10).await.unwrap();
    assert_eq!(acme().await.former_portal_secret, former("second"));
    harness.store.purge(until, 10).await.unwrap();
    assert_eq!(acme().await.former_portal_secret, None);
    harness.store.rotate_portal_secret(harness.tenant, "fourth", Some(until)).await.unwrap();
    harness.store.rotate_portal_secret(harness.tenant, "fifth", None).await.unwrap();
    let last = acme().await;
    assert_eq!((last.portal_secret.as_str(), last.mail_secret.as_str(), last.former_portal_secret), ("fifth", "mail", None));
    assert!(matches!(harness.store.rotate_portal_secret(TenantId(99), "x", None).await, Err(Error::NotFound)));
}

pub async fn keys_are_listed_and_revoked(harness: Harness) {
    let scopes = [Scope::Send, Scope::Read];
    let new = NewApiKey { name: "ci".to_owned(), scopes: scopes.to_vec(), requests_per_second: Some(7) };
    let key = harness.store.create_key(harness.tenant, &new, HASH, now()).await.unwrap();
    assert!(matches!(harness.store.create_key(harness.tenant, &new, SecretHash([9; 32]), now()).await, Err(Error::AlreadyExists)));
    assert!(matches!(harness.store.create_key(TenantId(99), &new, SecretHash([9; 32]), now()).await, Err(Error::NotFound)));
    let sender = harness.store.sender(HASH).await.unwrap().unwrap();
    assert_eq!((sender.tenant, sender.tenant_name.as_str(), sender.key), (harness.tenant, "acme", key));
    assert_eq!((sender.name.as_str(), &sender.scopes[..]), ("ci", &scopes[..]));
    assert_eq!(sender.requests_per_second, NonZeroU32::new(7));
    assert_eq!(harness.store.sender(SecretHash([9; 32])).await.unwrap(), None);
    let token = SecretHash([3; 32]);
    harness.store.insert_token(token, new_token(&harness, SecretKind::AccessToken, TokenSubject::Key(key))).await.unwrap();
    let bearer = harness.store.token(token, SecretKind::AccessToken, now()).await.unwrap().unwrap();
    assert!(matches!(bearer.actor, Actor::Sender(found) if found == sender));
    let other = harness.tenant("other").await;
    assert!(harness.store.keys(other, None, 9).await.unwrap().is_empty());
    assert!(matches!(harness.store.revoke_key(other, "ci", now()).await, Err(Error::NotFound)));
    let used = |at| harness.store.record_key_uses(vec![(key, at)]);
    used(now() + TimeDelta::minutes(2)).await.unwrap();
    used(now()).await.unwrap();
    let listed = harness.store.keys(harness.tenant, None, 9).await.unwrap();
    assert_eq!((listed[0].id, listed[0].last_used_at), (key, Some(now() + TimeDelta::minutes(2))));
    assert_eq!(listed[0].requests_per_second, NonZeroU32::new(7));
    harness.store.revoke_key(harness.tenant, "ci", now()).await.unwrap();
    harness.store.revoke_key(harness.tenant, "ci", now() + TimeDelta::days(1)).await.unwrap();
    assert_eq!(harness.store.sender(HASH).await.unwrap(), None);
    assert!(harness.store.token(token, SecretKind::AccessToken, now()).await.unwrap().is_none());
    let late = harness.store.insert_token(SecretHash([4; 32]), new_token(&harness, SecretKind::AccessToken, TokenSubject::Key(key))).await;
    assert!(matches!(late, Err(Error::Unauthenticated)));
    let listed = harness.store.keys(harness.tenant, None, 9).await.unwrap();
    assert_eq!(
        listed.iter().map(|key| (key.name.as_str(), key.created_at, key.revoked_at)).collect::<Vec<_>>(),
        [("ci", now(), Some(now()))]
    );
}

pub async fn tokens_end(harness: Harness) {
    let ada = harness.person("ada").await;
    let until = now() + TimeDelta::minutes(5);
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    assert_eq!(harness.store.token(HASH, SecretKind::Session, now()).await.unwrap().unwrap().expires_at, until);
    assert!(harness.store.token(HASH, SecretKind::SignInLink, now()).await.unwrap().is_none());
    assert!(harness.store.token(HASH, SecretKind::Session, until).await.unwrap().is_none());
    harness.store.delete_token(HASH).await.unwrap();
    harness.store.delete_token(HASH).await.unwrap();
    assert_eq!(holder(&harness, HASH, SecretKind::Session).await, None);
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    harness.store.remove_person(harness.tenant, ada).await.unwrap();
    assert_eq!(holder(&harness, HASH, SecretKind::Session).await, None);
}

pub async fn a_token_is_redeemed_once(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::SignInLink, TokenSubject::Person(ada))).await.unwrap();
    assert!(harness.store.take_token(HASH, SecretKind::StreamTicket, now()).await.unwrap().is_none());
    let mut takers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = harness.store.clone();
        takers.spawn(async move { store.take_token(HASH, SecretKind::SignInLink, now()).await.unwrap().is_some() });
    }
    assert_eq!(takers.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
}

fn grant(kind: SecretKind, hash: SecretHash) -> Grant {
    Grant { kind, hash, expires_at: now() + TimeDelta::minutes(5) }
}

pub async fn a_ticket_ends_with_its_parent_credential(harness: Harness) {
    let ada = harness.person("ada").await;
    let maker = grant(SecretKind::Session, HASH);
    let later = now() + TimeDelta::seconds(20);
    let keep = async |ticket: u8| {
        let pass = new_token(&harness, SecretKind::StreamTicket, TokenSubject::Person(ada));
        harness.store.insert_ticket(SecretHash([ticket; 32]), pass, maker).await.unwrap();
    };
    let take = async |ticket: u8| harness.store.take_ticket(SecretHash([ticket; 32]), later).await.unwrap();
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    keep(101).await;
    let (who, by) = take(101).await.unwrap();
    assert_eq!((who.id, by), (ada, maker));
    assert!(take(101).await.is_none());
    keep(102).await;
    harness.store.delete_token(HASH).await.unwrap();
    assert!(take(102).await.is_none(), "its owner signed out");
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    assert!(take(102).await.is_none(), "it was used");
    // A session is no ticket.
    assert!(harness.store.take_ticket(HASH, later).await.unwrap().is_none());
}

pub async fn listeners_are_checked_again(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    let session = grant(SecretKind::Session, HASH);
    // The tenant's portal secret, see `Harness`.
    let portal = grant(SecretKind::Portal, SecretHash::of("secret"));
    let ask = async |person, grant, at| {
        let listener = Listener { tenant: harness.tenant, person, grant };
        harness.store.listener_access(vec![listener], at).await.unwrap().remove(0)
    };
    let standing = ask(ada, session, now()).await.unwrap();
    assert_eq!((standing.keys, standing.revision), (harness.store.stream_start(harness.tenant, ada).await.unwrap().keys, 0));
    assert!(ask(ada, portal, now()).await.is_some());
    assert!(ask(bo, session, now()).await.is_none(), "it belongs to another");
    assert!(ask(ada, Grant { kind: SecretKind::PersonalToken, ..session }, now()).await.is_none());
    assert!(ask(ada, grant(SecretKind::Portal, SecretHash::of("former")), now()).await.is_none());
    for grant in [session, portal] {
        assert!(ask(ada, grant, grant.expires_at).await.is_none(), "its time has come");
    }
    harness.relate(ada, "ADMIN", true).await;
    harness.send_many(1).await;
    harness.store.mark_seen(harness.tenant, ada, 1).await.unwrap();
    let standing = ask(ada, session, now()).await.unwrap();
    assert!(standing.keys.contains(&role("ADMIN")) && standing.revision == 1, "{standing:?}");
    harness.store.set_disabled(harness.tenant, ada, true, now()).await.unwrap();
    assert!(ask(ada, portal, now()).await.is_none());
    harness.store.set_disabled(harness.tenant, ada, false, now()).await.unwrap();
    assert!(ask(ada, session, now()).await.is_none(), "the session is gone");
    assert!(ask(ada, portal, now()).await.is_some());
    harness.store.remove_person(harness.tenant, ada).await.unwrap();
    assert!(ask(ada, portal, now()).await.is_none());
}

pub async fn ended_credentials_are_reported(harness: Harness) {
    let ada = harness.person("ada").await;
    let ended = async || {
        let events = harness.events().await;
        let of_ada = |news: &StoreEvent| matches!(news, StoreEvent::CredentialsChanged { tenant, person } if (*tenant, *person) == (harness.tenant, Some(ada)));
        events.iter().filter(|news| of_ada(news)).count()
    };
    harness.store.insert_token(HASH, new_token(&harness, SecretKind::Session, TokenSubject::Person(ada))).await.unwrap();
    assert_eq!(ended().await, 0);
    harness.store.delete_token(HASH).await.unwrap();
    assert_eq!(ended().await, 1);
    harness.store.delete_token(HASH).await.unwrap();
    assert_eq!(ended().await, 0, "there was none");
    harness.store.set_password(harness.tenant, ada, "hash").await.unwrap();
    assert_eq!(ended().await, 1);
}
