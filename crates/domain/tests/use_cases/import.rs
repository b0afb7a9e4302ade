//! Directory imports: counts, removed relations, and dry runs.

use campanile_domain::{
    Error, Scope,
    import::{Difference, Import, ImportPlan, RejectReason},
    model::access::Actor,
};
use campanile_shared::directory::{ImportCounts, ObjectRecord, PersonRecord, Record, Relation};

use crate::{
    assert_refused,
    harness::{Harness, key_actor},
    security_log::lines,
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
async fn import(harness: &Harness, by: &Actor, plan: ImportPlan, records: Vec<Record>) -> (Vec<Difference>, Import) {
    let mut import = harness.campanile.import(by, plan).unwrap();
    let mut differences = Vec::new();
    for record in records {
        differences.extend(import.push(record).await.unwrap());
    }
    while let Some(more) = import.finish_step().await.unwrap() {
        differences.extend(more);
    }
    (differences, import)
}

fn dry_run() -> ImportPlan {
    ImportPlan { dry_run: true, ..ImportPlan::default() }
}

fn import_part(beginning: &str) -> ImportPlan {
    ImportPlan { whole: Some(beginning.to_owned()), ..ImportPlan::default() }
}

/// The stored relations, except those of administrators.
async fn stored_relations(harness: &Harness) -> Vec<String> {
    let found = harness.campanile.relations(&harness.admin, &Default::default(), None, 1_000).await.unwrap().0;
    let others = found.into_iter().filter(|relation| relation.object != "tenant");
    others.map(|relation| format!("{}@{}", relation.object, relation.subject)).collect()
}

#[tokio::test]
async fn an_import_counts_its_changes_and_a_repeat_changes_nothing() {
    let harness = Harness::new().await;
    let records = || vec![person("ada"), object("group:g", "Group"), relation("group:g", "ada"), relation("group:g", "portal:ada-1")];
    let (differences, first) = import(&harness, &harness.admin, ImportPlan::default(), records()).await;
    assert_eq!((differences, first.rejected_count()), (Vec::new(), 0));
    let counts = ImportCounts { read: 4, people_added: 1, objects_changed: 1, relations_added: 1, unchanged: 1, ..ImportCounts::default() };
    assert_eq!(first.counts, counts);
    let (_, again) = import(&harness, &harness.admin, ImportPlan::default(), records()).await;
    assert_eq!(again.counts, ImportCounts { read: 4, unchanged: 4, ..ImportCounts::default() });
    let others = vec![named("ada", "Ada"), object("group:g", "Others")];
    let (_, changed) = import(&harness, &harness.admin, ImportPlan::default(), others).await;
    assert_eq!(changed.counts, ImportCounts { read: 2, people_changed: 1, objects_changed: 1, ..ImportCounts::default() });
}

#[tokio::test]
async fn a_dry_run_reports_changes_and_makes_none() {
    let harness = Harness::new().await;
    import(&harness, &harness.admin, ImportPlan::default(), vec![person("ada"), relation("group:g", "ada"), relation("group:h", "ada")])
        .await;
    let records =
        vec![named("ada", "Ada"), person("bo"), relation("group:g", "bo"), relation("group:g", "portal:bo-1"), relation("group:h", "ada")];
    let plan = ImportPlan { dry_run: true, ..import_part("group:") };
    let (differences, import) = import(&harness, &harness.admin, plan, records.clone()).await;
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
    assert_eq!(stored_relations(&harness).await, ["group:g@person:ada", "group:h@person:ada"]);
    assert!(harness.campanile.account("acme", "bo").await.unwrap().is_none());
}

#[tokio::test]
async fn a_dry_run_knows_only_the_people_it_would_have_added() {
    let harness = Harness::new().await;
    harness.add_person("ada", false).await;
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
        let (differences, import) = import(&harness, &harness.admin, dry_run(), vec![person("bo"), record.clone()]).await;
        let second = if known { Difference::Put(record) } else { Difference::Rejected(2, RejectReason::Unknown) };
        assert_eq!(differences, [Difference::Put(person("bo")), second]);
        assert_eq!((import.rejected_count(), import.counts.relations_added), (u64::from(!known), u64::from(known)));
    }
    let (differences, _) = import(&harness, &harness.admin, ImportPlan::default(), vec![follows("person:nobody", "person:ada")]).await;
    assert_eq!(differences, [Difference::Rejected(1, RejectReason::Unknown)]);
}

#[tokio::test]
async fn refused_records_are_reported_by_number_and_nothing_is_removed() {
    let harness = Harness::new().await;
    import(&harness, &harness.admin, ImportPlan::default(), vec![person("ada"), relation("group:g", "ada")]).await;
    let mut import = harness.campanile.import(&harness.admin, import_part("group:")).unwrap();
    assert_eq!(import.push(person("")).await.unwrap(), [Difference::Rejected(1, RejectReason::Malformed)]);
    assert_eq!(import.reject_unreadable(), Difference::Rejected(2, RejectReason::Malformed));
    assert_eq!(import.push(relation("group:g", "nobody")).await.unwrap(), []);
    let taken =
        PersonRecord { login: "mallory".to_owned(), name: None, email: None, languages: Vec::new(), external_ids: vec!["ada".into()] };
    import.push(Record::Person(taken)).await.unwrap();
    let last = import.finish_step().await.unwrap();
    assert_eq!(last, Some(vec![Difference::Rejected(3, RejectReason::Unknown), Difference::Rejected(4, RejectReason::Taken)]));
    assert_eq!(import.finish_step().await.unwrap(), None);
    assert_eq!((import.rejected_count(), import.counts.read, import.counts.relations_ended), (4, 4, 0));
    assert_eq!(stored_relations(&harness).await, ["group:g@person:ada"]);
}

#[tokio::test]
async fn a_whole_import_removes_unnamed_records_of_its_part() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    let all = ["group:a", "group:b", "group:c", "team:a"].map(|object| relation(object, "ada"));
    import(&harness, &harness.admin, ImportPlan::default(), all.into()).await;
    let (differences, ended) =
        import(&harness, &harness.admin, import_part("group:"), vec![relation("group:a", "ada"), relation("group:b", "ada")]).await;
    assert_eq!((differences, ended.counts.relations_ended, ended.counts.unchanged), (Vec::new(), 1, 2));
    assert_eq!(stored_relations(&harness).await, ["group:a@person:ada", "group:b@person:ada", "team:a@person:ada"]);
    let named = vec![relation("group:a", "ada"), relation("group:b", "ada"), relation("group:d", "ada")];
    let (_, ended) = import(&harness, &harness.admin, import_part(""), named).await;
    assert_eq!((ended.counts.relations_ended, ended.counts.relations_added), (1, 1));
    assert_eq!(stored_relations(&harness).await, ["group:a@person:ada", "group:b@person:ada", "group:d@person:ada"]);
    assert!(harness.campanile.member(&harness.admin, "ada").await.unwrap().administrator, "imports do not change administrators");
}

#[tokio::test]
async fn removing_more_than_half_needs_the_confirmed_number() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    let in_groups = |names: &[&str]| names.iter().map(|name| relation(&format!("group:{name}"), "ada")).collect::<Vec<_>>();
    import(&harness, &harness.admin, ImportPlan::default(), in_groups(&["a", "b", "c", "d"])).await;
    let with = |dry_run, confirm| ImportPlan { dry_run, confirm, ..import_part("group:") };
    // Relations that the import adds, or that are in other parts, do not count as existing.
    import(&harness, &harness.admin, ImportPlan::default(), vec![relation("team:a", "ada"), relation("team:b", "ada")]).await;
    let names = || in_groups(&["a", "e", "f", "g"]);
    let (differences, would) = import(&harness, &harness.admin, with(true, None), names()).await;
    let ended = differences.iter().filter(|difference| matches!(difference, Difference::Ended(_))).count();
    assert_eq!((ended, would.counts.relations_ended, would.unconfirmed()), (3, 3, Some(3)));
    for confirm in [None, Some(2), Some(4)] {
        let (_, refused) = import(&harness, &harness.admin, with(false, confirm), names()).await;
        assert_eq!((refused.counts.relations_ended, refused.unconfirmed()), (0, Some(3)), "{confirm:?}");
        // The refused import added its own relations. They are removed before the next try.
        for name in ["e", "f", "g"] {
            harness.campanile.end_relation(&harness.admin, &member(&format!("group:{name}"), "ada")).await.unwrap();
        }
    }
    let (_, done) = import(&harness, &harness.admin, with(false, Some(3)), names()).await;
    assert_eq!((done.counts.relations_ended, done.unconfirmed()), (3, None));
    let (_, half) = import(&harness, &harness.admin, with(false, None), in_groups(&["a", "e"])).await;
    assert_eq!((half.counts.relations_ended, half.unconfirmed()), (2, None), "two of four is not more than half");
}

#[tokio::test]
async fn records_are_written_five_hundred_at_a_time() {
    let harness = Harness::new().await;
    let mut import = harness.campanile.import(&harness.admin, dry_run()).unwrap();
    for number in 1..500 {
        assert_eq!(import.push(person(&format!("p{number}"))).await.unwrap(), []);
    }
    assert_eq!(import.push(person("p500")).await.unwrap().len(), 500);
    // The second step knows the people of the first.
    import.push(relation("group:g", "portal:p1-1")).await.unwrap();
    assert_eq!(import.finish_step().await.unwrap(), Some(vec![Difference::Put(relation("group:g", "portal:p1-1"))]));
    assert_eq!(import.finish_step().await.unwrap(), None);
}

#[tokio::test]
async fn only_administrators_import_relations_of_the_tenant() {
    let harness = Harness::new().await;
    for (login, administrator) in [("ada", true), ("bo", false)] {
        harness.add_person(login, administrator).await;
    }
    let keeper = key_actor(&harness.tenant, "keeper", &[Scope::Directory]);
    let administers = |login: &str| {
        Record::Relation(Relation { object: "tenant".to_owned(), relation: "administrator".to_owned(), subject: format!("person:{login}") })
    };
    let records = || vec![administers("ada"), administers("bo"), object("tenant", "Mine"), relation("group:g", "bo")];
    for plan in [ImportPlan::default(), import_part("")] {
        let (differences, import) = import(&harness, &keeper, plan, records()).await;
        assert_eq!(differences, [2, 3].map(|number| Difference::Rejected(number, RejectReason::Forbidden)));
        assert_eq!((import.rejected_count(), import.counts.relations_ended), (2, 0));
    }
    assert_eq!(stored_relations(&harness).await, ["group:g@person:bo"]);
    let (_, import) = import(&harness, &keeper, ImportPlan::default(), vec![administers("ada"), relation("group:g", "bo")]).await;
    assert_eq!((import.rejected_count(), import.counts.unchanged), (0, 2), "an existing relation is accepted");
    let sender = key_actor(&harness.tenant, "sender", &[Scope::Send]);
    assert_refused!(harness.campanile.import(&sender, ImportPlan::default()).map(drop), Error::Forbidden);
}

#[tokio::test]
async fn an_import_is_one_security_log_line_and_each_tenant_right_another() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    harness.add_person("bo", false).await;
    let administers =
        Record::Relation(Relation { object: "tenant".to_owned(), relation: "administrator".to_owned(), subject: "person:bo".to_owned() });
    drop(import(&harness, &harness.admin, dry_run(), vec![administers.clone(), relation("group:g", "bo")]).await);
    assert_eq!(lines(), [""; 0], "a dry run is not logged");
    drop(import(&harness, &harness.admin, ImportPlan::default(), vec![administers, relation("group:g", "bo")]).await);
    let said = lines();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("role_begun") && said[0].contains("tenant#administrator"), "{said:?}");
    let detail = "read 2, people added 0, people changed 0, relations begun 2, relations ended 0, refused 0";
    assert!(said[1].contains("\"event\":\"import\"") && said[1].contains(detail), "{said:?}");
    // An import that breaks off is logged as well.
    let mut broken = harness.campanile.import(&harness.admin, ImportPlan::default()).unwrap();
    broken.reject_unreadable();
    drop(broken);
    assert!(lines()[0].contains("read 1"));
}
