//! Changes of single records of the directory: the rights they need and what they return.

use campanile_domain::{
    Error, Person, Scope,
    model::{
        access::Actor,
        relation::{RelationPattern, SUBSCRIBED},
    },
};
use campanile_shared::{
    Recipients,
    directory::{GroupKind, ObjectRecord, PersonRecord, Record, Relation},
    problem::FieldErrorCode,
};

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, key_actor, role_recipients},
};

fn relation(object: &str, relation: &str, subject: &str) -> Relation {
    Relation { object: object.to_owned(), relation: relation.to_owned(), subject: subject.to_owned() }
}

fn person(login: &str) -> PersonRecord {
    PersonRecord { login: login.to_owned(), name: None, email: None, languages: Vec::new(), external_ids: Vec::new() }
}

fn object(object: &str, name: &str) -> Record {
    Record::Object(ObjectRecord { object: object.to_owned(), name: name.to_owned() })
}

async fn add_relations(harness: &Harness, relations: &[(&str, &str, &str)]) {
    for (object, name, subject) in relations {
        harness.campanile.put_record(&harness.admin, Record::Relation(relation(object, name, subject))).await.unwrap();
    }
}

#[tokio::test]
async fn a_record_changes_something_once() {
    let harness = Harness::new().await;
    let put = async |record: Record| harness.campanile.put_record(&harness.admin, record).await;
    let named = Record::Person(PersonRecord { name: Some("Eve".to_owned()), ..person("eve") });
    for record in [
        Record::Person(person("eve")),
        named,
        object("api:petstore", "Petstore"),
        object("api:petstore", "Pet store"),
        Record::Relation(relation("api:petstore", "OWNER", "person:eve")),
    ] {
        assert!(put(record.clone()).await.unwrap(), "{record:?}");
        assert!(!put(record.clone()).await.unwrap(), "{record:?}");
    }
    let stranger = Record::Relation(relation("api:petstore", "OWNER", "person:nobody"));
    assert_eq!(field_errors(put(stranger).await), field_error("/relation", FieldErrorCode::Unknown));
    assert_eq!(field_errors(put(Record::Person(person(""))).await), field_error("/person/login", FieldErrorCode::Missing));
    let taken = PersonRecord { external_ids: vec!["eve".to_owned()], ..person("mallory") };
    assert_refused!(put(Record::Person(taken)).await, Error::AlreadyExists);
}

#[tokio::test]
async fn relations_of_the_tenant_need_administration() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    harness.add_person("bo", false).await;
    let keeper = key_actor(&harness.tenant, "keeper", &[Scope::Directory]);
    let of_bo = || relation("tenant", "administrator", "person:bo");
    assert_refused!(harness.campanile.put_record(&keeper, Record::Relation(of_bo())).await, Error::Forbidden);
    assert_refused!(harness.campanile.put_record(&keeper, object("tenant", "Mine")).await, Error::Forbidden);
    assert!(harness.campanile.put_record(&keeper, Record::Relation(relation("a:b", "ADMIN", "person:bo"))).await.unwrap());
    assert!(harness.campanile.put_record(&harness.admin, Record::Relation(of_bo())).await.unwrap());
    assert_refused!(harness.campanile.end_relation(&keeper, &of_bo()).await, Error::Forbidden);
    assert_eq!(harness.campanile.end_relation(&keeper, &relation("a:b", "ADMIN", "person:bo")).await.unwrap(), 1);
    assert_refused!(harness.campanile.remove_person(&keeper, "ada").await, Error::Forbidden);
    assert_eq!(harness.campanile.end_relation(&harness.admin, &of_bo()).await.unwrap(), 1);
    assert_eq!(harness.campanile.end_relation(&harness.admin, &of_bo()).await.unwrap(), 0);
    harness.campanile.remove_person(&keeper, "bo").await.unwrap();
    assert_refused!(harness.campanile.remove_person(&keeper, "bo").await, Error::NotFound);
    let sender = key_actor(&harness.tenant, "sender", &[Scope::Send]);
    assert_refused!(harness.campanile.put_record(&sender, Record::Person(person("eve"))).await, Error::Forbidden);
}

#[tokio::test]
async fn administrators_cannot_remove_their_own_right_or_the_last_one() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", true).await;
    let by = |who: &Person| Actor::Person(who.clone());
    let administers = |name: &str| relation("tenant", "administrator", &format!("person:{name}"));
    for name in ["ada", "portal:ada-1"] {
        assert_refused!(harness.campanile.end_relation(&by(&ada), &administers(name)).await, Error::LastAdministrator);
    }
    assert_refused!(harness.campanile.end_relation(&harness.admin, &administers("ada")).await, Error::LastAdministrator);
    let bo = harness.add_person("bo", true).await;
    for name in ["ada", "portal:ada-1"] {
        let own = harness.campanile.end_relation(&by(&ada), &administers(name)).await;
        assert_eq!(field_errors(own), field_error("/subject", FieldErrorCode::Forbidden));
    }
    // Administrators may remove their own other rights, and the tenant right of other people.
    add_relations(&harness, &[("a:b", "administrator", "person:ada"), ("tenant", "owner", "person:ada")]).await;
    assert_eq!(harness.campanile.end_relation(&by(&ada), &relation("a:b", "administrator", "person:ada")).await.unwrap(), 1);
    assert_eq!(harness.campanile.end_relation(&by(&ada), &relation("tenant", "owner", "person:ada")).await.unwrap(), 1);
    assert_eq!(harness.campanile.end_relation(&by(&bo), &administers("ada")).await.unwrap(), 1);
}

#[tokio::test]
async fn relations_are_read_by_pattern_and_page() {
    let harness = Harness::new().await;
    harness.add_person("ada", false).await;
    add_relations(
        &harness,
        &[
            ("api:a", SUBSCRIBED, "application:x"),
            ("api:a", SUBSCRIBED, "application:y"),
            ("api:a", "OWNER", "person:ada"),
            ("api:ab", "USER", "person:ada"),
        ],
    )
    .await;
    let (campanile, admin) = (&harness.campanile, &harness.admin);
    let pattern = RelationPattern { object: Some("api:a".to_owned()), ..RelationPattern::default() };
    let (first, next) = campanile.relations(&harness.admin, &pattern, None, 3).await.unwrap();
    assert_eq!(first.len(), 3);
    let (rest, end) = campanile.relations(&harness.admin, &pattern, next, 3).await.unwrap();
    assert_eq!((rest, end), (vec![relation("api:ab", "USER", "person:ada")], None));
    assert_eq!(campanile.subjects(admin, "api:a", SUBSCRIBED).await.unwrap(), ["application:x", "application:y"]);
    assert_eq!(campanile.subjects(admin, "api:none", SUBSCRIBED).await.unwrap(), [""; 0]);
    assert_eq!(campanile.relations_between(admin, "api:a", "person:ada").await.unwrap(), ["OWNER"]);
    assert_eq!(campanile.relations_between(admin, "api:a", "person:bo").await.unwrap(), [""; 0]);
    assert!(campanile.any_relation(admin, &RelationPattern::of("api:a", "OWNER")).await.unwrap());
    assert!(!campanile.any_relation(admin, &RelationPattern::of("api:a", "USER")).await.unwrap());
    assert_eq!(campanile.role_names(&harness.admin, "api:").await.unwrap(), ["OWNER", "USER"]);
}

#[tokio::test]
async fn objects_have_names() {
    let harness = Harness::new().await;
    for (name, text) in [("api:ab", "Second"), ("api:a", "First"), ("app:x", "Other")] {
        harness.campanile.put_record(&harness.admin, object(name, text)).await.unwrap();
    }
    let names = async |name: &str| harness.campanile.object_name(&harness.admin, name).await.unwrap();
    assert_eq!((names("api:a").await.as_deref(), names("api:ab").await.as_deref()), (Some("First"), Some("Second")));
    assert_eq!((names("api:").await, names("api:b").await), (None, None));
    let found = harness.campanile.objects(&harness.admin, "api:", None, 10).await.unwrap();
    assert_eq!(found.iter().map(|object| object.object.as_str()).collect::<Vec<_>>(), ["api:a", "api:ab"]);
}

#[tokio::test]
async fn a_person_is_found_by_any_name() {
    let harness = Harness::new().await;
    harness.add_person("ada", false).await;
    harness.add_person("cy", false).await;
    add_relations(&harness, &[("person:ada", "follower", "person:cy")]).await;
    for (object, followers) in
        [("person:ada", Some(1)), ("person:portal:ada-1", Some(1)), ("person:bo", None), ("ada", Some(0)), ("group:ada", Some(0))]
    {
        let role = Recipients::Role { object: object.to_owned(), relation: "follower".to_owned() };
        let found = match harness.campanile.resolve_audience(&harness.admin, vec![role]).await {
            Ok(to) => Some(harness.campanile.audience_size(&harness.admin, &to).await.unwrap()),
            Err(_) => None,
        };
        assert_eq!(found, followers, "{object}");
    }
}

/// Returns each group and how many people it reaches.
async fn groups(harness: &Harness, text: &str, limit: usize) -> Vec<(GroupKind, String, Option<String>, u64)> {
    let (found, incomplete) = harness.campanile.groups(&harness.admin, text, limit).await.unwrap();
    assert!(!incomplete);
    found.into_iter().map(|group| (group.bond, group.object, group.relation, group.people)).collect()
}

#[tokio::test]
async fn groups_are_roles_all_of_an_object_and_subscribers() {
    let harness = Harness::new().await;
    for login in ["ada", "bo", "cy"] {
        harness.add_person(login, false).await;
    }
    add_relations(
        &harness,
        &[
            ("application:shop", "OWNER", "person:ada"),
            ("application:shop", "USER", "person:ada"),
            ("application:shop", "USER", "person:bo"),
            ("application:shop", "group", "group:retail"),
            ("group:retail", "MEMBER", "person:cy"),
            ("api:petstore", SUBSCRIBED, "application:shop"),
            ("api:lonely", SUBSCRIBED, "application:none"),
        ],
    )
    .await;
    let one = |bond, object: &str, relation: Option<&str>, people| (bond, object.to_owned(), relation.map(str::to_owned), people);
    let shop = [
        one(GroupKind::Members, "application:shop", None, 3),
        one(GroupKind::Role, "application:shop", Some("OWNER"), 1),
        one(GroupKind::Role, "application:shop", Some("USER"), 2),
    ];
    assert_eq!(groups(&harness, "SHOP", 10).await, shop);
    assert_eq!(groups(&harness, "shop", 2).await, shop[..2]);
    assert_eq!(groups(&harness, "petstore", 10).await, [one(GroupKind::Subscribers, "api:petstore", None, 3)]);
    assert_eq!(groups(&harness, "lonely", 10).await, [], "the group has no people");
    // An object with one role has no group of all members.
    assert_eq!(groups(&harness, "retail", 10).await, [one(GroupKind::Role, "group:retail", Some("MEMBER"), 1)]);
    let all = groups(&harness, "", 10).await;
    assert_eq!(all.len(), 5, "{all:?}");
    assert_eq!(groups(&harness, "", 1).await, all[..1]);
    let (found, _) = harness.campanile.groups(&harness.admin, "owner", 1).await.unwrap();
    assert_eq!(found[0].to, [role_recipients("application:shop", "OWNER")]);
    let audience = harness.campanile.audience(&harness.admin, &harness.resolve(found[0].to.clone()).await, 1).await.unwrap();
    assert_eq!((audience.people, audience.first[0].login.as_str()), (1, "ada"));
    let everyone = harness.resolve(vec![Recipients::Everyone]).await;
    assert_eq!(harness.campanile.audience(&harness.admin, &everyone, 1).await.unwrap().people, 3);
}
