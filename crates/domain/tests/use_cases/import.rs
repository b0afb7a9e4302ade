//! Directory imports: counts, removed relations, and dry runs.

use campanile_domain::{
    Error, Scope,
    access::Actor,
    import::{Difference, Import, ImportPlan, Refusal},
};
use campanile_shared::directory::{ImportCounts, ObjectRecord, PersonRecord, Record, Relation};

use crate::{
    assert_refused,
    log::lines,
    world::{World, key},
};

fn person(login: &str) -> Record {
    let (login, external_ids) = (login.to_owned(), vec![format!("portal:{login}-1")]);
    Record::Person(PersonRecord { login, name: None, email: None, languages: Vec::new(), external_ids })
}

fn named(login: &str, name: &str) -> Record {
    match person(login) {
        Record::Person(person) => Record::Person(PersonRecord { name: Some(name.to_owned()), ..person }),
        other => other,
    }
}

fn object(object: &str, name: &str) -> Record {
    Record::Object(ObjectRecord { object: object.to_owned(), name: name.to_owned() })
}

fn member(object: &str, login: &str) -> Relation {
    Relation { object: object.to_owned(), relation: "MEMBER".to_owned(), subject: format!("person:{login}") }
}

fn relation(object: &str, login: &str) -> Record {
    Record::Relation(member(object, login))
}

/// Imports records; returns all differences and the finished import.
async fn import(world: &World, by: &Actor, plan: ImportPlan, records: Vec<Record>) -> (Vec<Difference>, Import) {
    let mut import = world.campanile.import(by, plan).unwrap();
    let mut differences = Vec::new();
    for record in records {
        differences.extend(import.take(record).await.unwrap());
    }
    while let Some(more) = import.finish().await.unwrap() {
        differences.extend(more);
    }
    (differences, import)
}

fn dry() -> ImportPlan {
    ImportPlan { dry: true, ..ImportPlan::default() }
}

fn part(beginning: &str) -> ImportPlan {
    ImportPlan { whole: Some(beginning.to_owned()), ..ImportPlan::default() }
}

/// The stored relations, except those of administrators.
async fn held(world: &World) -> Vec<String> {
    let found = world.campanile.relations(&world.admin, &Default::default(), None, 1_000).await.unwrap().0;
    let others = found.into_iter().filter(|relation| relation.object != "tenant");
    others.map(|relation| format!("{}@{}", relation.object, relation.subject)).collect()
}

#[tokio::test]
async fn an_import_counts_what_it_did_and_its_repeat_does_nothing() {
    let world = World::new().await;
    let records = || vec![person("ada"), object("group:g", "Group"), relation("group:g", "ada"), relation("group:g", "portal:ada-1")];
    let (differences, first) = import(&world, &world.admin, ImportPlan::default(), records()).await;
    assert_eq!((differences, first.refused()), (Vec::new(), 0));
    let counts = ImportCounts { read: 4, people_added: 1, objects_changed: 1, relations_added: 1, unchanged: 1, ..ImportCounts::default() };
    assert_eq!(first.counts, counts);
    let (_, again) = import(&world, &world.admin, ImportPlan::default(), records()).await;
    assert_eq!(again.counts, ImportCounts { read: 4, unchanged: 4, ..ImportCounts::default() });
    let others = vec![named("ada", "Ada"), object("group:g", "Others")];
    let (_, changed) = import(&world, &world.admin, ImportPlan::default(), others).await;
    assert_eq!(changed.counts, ImportCounts { read: 2, people_changed: 1, objects_changed: 1, ..ImportCounts::default() });
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let world = World::new().await;
    import(&world, &world.admin, ImportPlan::default(), vec![person("ada"), relation("group:g", "ada"), relation("group:h", "ada")]).await;
    let records =
        vec![named("ada", "Ada"), person("bo"), relation("group:g", "bo"), relation("group:g", "portal:bo-1"), relation("group:h", "ada")];
    let plan = ImportPlan { dry: true, ..part("group:") };
    let (differences, import) = import(&world, &world.admin, plan, records.clone()).await;
    let put = records[..4].iter().cloned().map(Difference::Put);
    assert_eq!(differences, put.chain([Difference::Ended(member("group:g", "ada"))]).collect::<Vec<_>>());
    let counts = ImportCounts {
        read: 5,
        people_added: 1,
        people_changed: 1,
        relations_added: 2,
        relations_ended: 1,
        unchanged: 1,
        ..ImportCounts::default()
    };
    assert_eq!(import.counts, counts);
    assert_eq!(held(&world).await, ["group:g@person:ada", "group:h@person:ada"]);
    assert!(world.campanile.account("acme", "bo").await.unwrap().is_none());
}

#[tokio::test]
async fn a_dry_run_knows_whom_it_would_have_added_and_nobody_else() {
    let world = World::new().await;
    world.person("ada", false).await;
    let follows = |object: &str, subject: &str| {
        Record::Relation(Relation { object: object.to_owned(), relation: "follower".to_owned(), subject: subject.to_owned() })
    };
    for (record, known) in [
        (follows("person:ada", "person:bo"), true),
        (follows("person:bo", "person:ada"), true),
        (follows("person:nobody", "person:bo"), false),
        (follows("person:bo", "person:nobody"), false),
        (follows("person:nobody", "person:ada"), false),
        (follows("group:g", "person:BO"), true),
    ] {
        let (differences, import) = import(&world, &world.admin, dry(), vec![person("bo"), record.clone()]).await;
        let second = if known { Difference::Put(record) } else { Difference::Refused(2, Refusal::Unknown) };
        assert_eq!(differences, [Difference::Put(person("bo")), second]);
        assert_eq!((import.refused(), import.counts.relations_added), (u64::from(!known), u64::from(known)));
    }
    let (differences, _) = import(&world, &world.admin, ImportPlan::default(), vec![follows("person:nobody", "person:ada")]).await;
    assert_eq!(differences, [Difference::Refused(1, Refusal::Unknown)]);
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_by_its_number_and_nothing_is_ended() {
    let world = World::new().await;
    import(&world, &world.admin, ImportPlan::default(), vec![person("ada"), relation("group:g", "ada")]).await;
    let mut import = world.campanile.import(&world.admin, part("group:")).unwrap();
    assert_eq!(import.take(person("")).await.unwrap(), [Difference::Refused(1, Refusal::Malformed)]);
    assert_eq!(import.unreadable(), Difference::Refused(2, Refusal::Malformed));
    assert_eq!(import.take(relation("group:g", "nobody")).await.unwrap(), []);
    let taken =
        PersonRecord { login: "mallory".to_owned(), name: None, email: None, languages: Vec::new(), external_ids: vec!["ada".into()] };
    import.take(Record::Person(taken)).await.unwrap();
    let last = import.finish().await.unwrap();
    assert_eq!(last, Some(vec![Difference::Refused(3, Refusal::Unknown), Difference::Refused(4, Refusal::Taken)]));
    assert_eq!(import.finish().await.unwrap(), None);
    assert_eq!((import.refused(), import.counts.read, import.counts.relations_ended), (4, 4, 0));
    assert_eq!(held(&world).await, ["group:g@person:ada"]);
}

#[tokio::test]
async fn a_whole_import_ends_what_it_does_not_name_within_its_part() {
    let world = World::new().await;
    world.person("ada", true).await;
    let all = ["group:a", "group:b", "group:c", "team:a"].map(|object| relation(object, "ada"));
    import(&world, &world.admin, ImportPlan::default(), all.into()).await;
    let (differences, ended) =
        import(&world, &world.admin, part("group:"), vec![relation("group:a", "ada"), relation("group:b", "ada")]).await;
    assert_eq!((differences, ended.counts.relations_ended, ended.counts.unchanged), (Vec::new(), 1, 2));
    assert_eq!(held(&world).await, ["group:a@person:ada", "group:b@person:ada", "team:a@person:ada"]);
    let named = vec![relation("group:a", "ada"), relation("group:b", "ada"), relation("group:d", "ada")];
    let (_, ended) = import(&world, &world.admin, part(""), named).await;
    assert_eq!((ended.counts.relations_ended, ended.counts.relations_added), (1, 1));
    assert_eq!(held(&world).await, ["group:a@person:ada", "group:b@person:ada", "group:d@person:ada"]);
    assert!(world.campanile.member(&world.admin, "ada").await.unwrap().administrator, "imports do not change administrators");
}

#[tokio::test]
async fn more_than_half_is_ended_only_when_its_number_is_confirmed() {
    let world = World::new().await;
    world.person("ada", true).await;
    let in_groups = |names: &[&str]| names.iter().map(|name| relation(&format!("group:{name}"), "ada")).collect::<Vec<_>>();
    import(&world, &world.admin, ImportPlan::default(), in_groups(&["a", "b", "c", "d"])).await;
    let with = |dry, confirm| ImportPlan { dry, confirm, ..part("group:") };
    // Relations that the import adds, or that are in other parts, do not count as existing.
    import(&world, &world.admin, ImportPlan::default(), vec![relation("team:a", "ada"), relation("team:b", "ada")]).await;
    let names = || in_groups(&["a", "e", "f", "g"]);
    let (differences, would) = import(&world, &world.admin, with(true, None), names()).await;
    let ended = differences.iter().filter(|difference| matches!(difference, Difference::Ended(_))).count();
    assert_eq!((ended, would.counts.relations_ended, would.unconfirmed()), (3, 3, Some(3)));
    for confirm in [None, Some(2), Some(4)] {
        let (_, refused) = import(&world, &world.admin, with(false, confirm), names()).await;
        assert_eq!((refused.counts.relations_ended, refused.unconfirmed()), (0, Some(3)), "{confirm:?}");
        // The refused import added its own relations. They are removed before the next try.
        for name in ["e", "f", "g"] {
            world.campanile.end_relation(&world.admin, &member(&format!("group:{name}"), "ada")).await.unwrap();
        }
    }
    let (_, done) = import(&world, &world.admin, with(false, Some(3)), names()).await;
    assert_eq!((done.counts.relations_ended, done.unconfirmed()), (3, None));
    let (_, half) = import(&world, &world.admin, with(false, None), in_groups(&["a", "e"])).await;
    assert_eq!((half.counts.relations_ended, half.unconfirmed()), (2, None), "two of four is not more than half");
}

#[tokio::test]
async fn records_are_written_five_hundred_at_a_time() {
    let world = World::new().await;
    let mut import = world.campanile.import(&world.admin, dry()).unwrap();
    for number in 1..500 {
        assert_eq!(import.take(person(&format!("p{number}"))).await.unwrap(), []);
    }
    assert_eq!(import.take(person("p500")).await.unwrap().len(), 500);
    // The second step knows the people of the first.
    import.take(relation("group:g", "portal:p1-1")).await.unwrap();
    assert_eq!(import.finish().await.unwrap(), Some(vec![Difference::Put(relation("group:g", "portal:p1-1"))]));
    assert_eq!(import.finish().await.unwrap(), None);
}

#[tokio::test]
async fn who_does_not_administer_changes_nothing_about_the_tenant() {
    let world = World::new().await;
    for (login, administrator) in [("ada", true), ("bo", false)] {
        world.person(login, administrator).await;
    }
    let keeper = key(&world.tenant, "keeper", &[Scope::Directory]);
    let administers = |login: &str| {
        Record::Relation(Relation { object: "tenant".to_owned(), relation: "administrator".to_owned(), subject: format!("person:{login}") })
    };
    let records = || vec![administers("ada"), administers("bo"), object("tenant", "Mine"), relation("group:g", "bo")];
    for plan in [ImportPlan::default(), part("")] {
        let (differences, import) = import(&world, &keeper, plan, records()).await;
        assert_eq!(differences, [2, 3].map(|number| Difference::Refused(number, Refusal::Forbidden)));
        assert_eq!((import.refused(), import.counts.relations_ended), (2, 0));
    }
    assert_eq!(held(&world).await, ["group:g@person:bo"]);
    let (_, import) = import(&world, &keeper, ImportPlan::default(), vec![administers("ada"), relation("group:g", "bo")]).await;
    assert_eq!((import.refused(), import.counts.unchanged), (0, 2), "an existing relation is accepted");
    let sender = key(&world.tenant, "sender", &[Scope::Send]);
    assert_refused!(world.campanile.import(&sender, ImportPlan::default()).map(drop), Error::Forbidden);
}

#[tokio::test]
async fn an_import_has_one_line_in_the_security_log_and_each_right_over_the_tenant_its_own() {
    let world = World::new().await;
    world.person("ada", true).await;
    world.person("bo", false).await;
    let administers =
        Record::Relation(Relation { object: "tenant".to_owned(), relation: "administrator".to_owned(), subject: "person:bo".to_owned() });
    drop(import(&world, &world.admin, dry(), vec![administers.clone(), relation("group:g", "bo")]).await);
    assert_eq!(lines(), [""; 0], "a dry run is not logged");
    drop(import(&world, &world.admin, ImportPlan::default(), vec![administers, relation("group:g", "bo")]).await);
    let said = lines();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("role_begun") && said[0].contains("tenant#administrator"), "{said:?}");
    let detail = "read 2, people added 0, people changed 0, relations begun 2, relations ended 0, refused 0";
    assert!(said[1].contains("\"event\":\"import\"") && said[1].contains(detail), "{said:?}");
    // An import that breaks off is logged as well.
    let mut broken = world.campanile.import(&world.admin, ImportPlan::default()).unwrap();
    broken.unreadable();
    drop(broken);
    assert!(lines()[0].contains("read 1"));
}
