//! Passwords, keys and passes.

use campanile_domain::{
    Error, PersonId, Scope, SecretHash, TenantId,
    access::Actor,
    secret::Kind,
    store::{Pass, PassSubject},
};
use chrono::TimeDelta;

use crate::world::{World, now};

const HASH: SecretHash = SecretHash([1; 32]);

fn pass(world: &World, kind: Kind, subject: PassSubject) -> Pass {
    Pass { kind, tenant: world.tenant, subject, expires_at: now() + TimeDelta::minutes(5) }
}

async fn holder(world: &World, hash: SecretHash, kind: Kind) -> Option<PersonId> {
    match world.store.pass(hash, kind, now()).await.unwrap()?.actor {
        Actor::Person(person) => Some(person.id),
        Actor::Sender(_) => None,
    }
}

pub async fn passwords_end_sessions(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    assert_eq!(world.store.password(world.tenant, ada).await.unwrap(), None);
    let others = SecretHash([2; 32]);
    world.store.keep_pass(HASH, pass(&world, Kind::Session, PassSubject::Person(ada))).await.unwrap();
    world.store.keep_pass(others, pass(&world, Kind::Session, PassSubject::Person(bo))).await.unwrap();
    assert_eq!(holder(&world, HASH, Kind::Session).await, Some(ada));
    world.store.set_password(world.tenant, ada, "$argon2id$x").await.unwrap();
    assert_eq!(world.store.password(world.tenant, ada).await.unwrap().as_deref(), Some("$argon2id$x"));
    assert_eq!(holder(&world, HASH, Kind::Session).await, None);
    assert_eq!(holder(&world, others, Kind::Session).await, Some(bo));
    let other = world.tenant("other").await;
    assert_eq!(world.store.password(other, ada).await.unwrap(), None);
    assert!(matches!(world.store.set_password(other, ada, "x").await, Err(Error::NotFound)));
}

pub async fn keys_are_listed_and_revoked(world: World) {
    let scopes = [Scope::Send, Scope::Read];
    let key = world.store.create_key(world.tenant, "ci", &scopes, HASH, now()).await.unwrap();
    assert!(matches!(world.store.create_key(world.tenant, "ci", &scopes, SecretHash([9; 32]), now()).await, Err(Error::Exists)));
    assert!(matches!(world.store.create_key(TenantId(99), "ci", &scopes, SecretHash([9; 32]), now()).await, Err(Error::NotFound)));
    let sender = world.store.sender(HASH).await.unwrap().unwrap();
    assert_eq!((sender.tenant, sender.tenant_name.as_str(), sender.key), (world.tenant, "acme", key));
    assert_eq!((sender.name.as_str(), &sender.scopes[..]), ("ci", &scopes[..]));
    assert_eq!(world.store.sender(SecretHash([9; 32])).await.unwrap(), None);
    let token = SecretHash([3; 32]);
    world.store.keep_pass(token, pass(&world, Kind::Token, PassSubject::Key(key))).await.unwrap();
    let bearer = world.store.pass(token, Kind::Token, now()).await.unwrap().unwrap();
    assert!(matches!(bearer.actor, Actor::Sender(found) if found == sender));
    let other = world.tenant("other").await;
    assert!(world.store.keys(other).await.unwrap().is_empty());
    assert!(matches!(world.store.revoke_key(other, "ci", now()).await, Err(Error::NotFound)));
    let used = |at| world.store.note_uses(vec![(key, at)]);
    used(now() + TimeDelta::minutes(2)).await.unwrap();
    used(now()).await.unwrap();
    let listed = world.store.keys(world.tenant).await.unwrap();
    assert_eq!((listed[0].id, listed[0].last_used_at), (key, Some(now() + TimeDelta::minutes(2))));
    world.store.revoke_key(world.tenant, "ci", now()).await.unwrap();
    world.store.revoke_key(world.tenant, "ci", now() + TimeDelta::days(1)).await.unwrap();
    assert_eq!(world.store.sender(HASH).await.unwrap(), None);
    assert!(world.store.pass(token, Kind::Token, now()).await.unwrap().is_none());
    let listed = world.store.keys(world.tenant).await.unwrap();
    assert_eq!(
        listed.iter().map(|key| (key.name.as_str(), key.created_at, key.revoked_at)).collect::<Vec<_>>(),
        [("ci", now(), Some(now()))]
    );
}

pub async fn passes_end(world: World) {
    let ada = world.person("ada").await;
    let until = now() + TimeDelta::minutes(5);
    world.store.keep_pass(HASH, pass(&world, Kind::Session, PassSubject::Person(ada))).await.unwrap();
    assert_eq!(world.store.pass(HASH, Kind::Session, now()).await.unwrap().unwrap().expires_at, until);
    assert!(world.store.pass(HASH, Kind::Link, now()).await.unwrap().is_none());
    assert!(world.store.pass(HASH, Kind::Session, until).await.unwrap().is_none());
    world.store.end_pass(HASH).await.unwrap();
    world.store.end_pass(HASH).await.unwrap();
    assert_eq!(holder(&world, HASH, Kind::Session).await, None);
    world.store.keep_pass(HASH, pass(&world, Kind::Session, PassSubject::Person(ada))).await.unwrap();
    world.store.remove_person(world.tenant, ada).await.unwrap();
    assert_eq!(holder(&world, HASH, Kind::Session).await, None);
}

pub async fn a_pass_is_taken_once(world: World) {
    let ada = world.person("ada").await;
    world.store.keep_pass(HASH, pass(&world, Kind::Link, PassSubject::Person(ada))).await.unwrap();
    assert!(world.store.take_pass(HASH, Kind::Ticket, now()).await.unwrap().is_none());
    let mut takers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = world.store.clone();
        takers.spawn(async move { store.take_pass(HASH, Kind::Link, now()).await.unwrap().is_some() });
    }
    assert_eq!(takers.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
}
