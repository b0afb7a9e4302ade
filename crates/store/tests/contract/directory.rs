//! The directory: relations of people and objects, imports, and the people that an audience reaches.

use campanile_domain::{
    AudienceKey,
    model::relation::{PutResult, RelationPattern, RoleQuery},
};
use campanile_shared::{
    InboxChange, View,
    directory::{ObjectRecord, PersonRecord, Record, Relation},
    inbox::{Action, Selection},
    sent::RecipientCounts,
};
use uuid::Uuid;

use crate::harness::{Harness, now, view};

fn person(login: &str, email: Option<&str>) -> Record {
    let external_ids = vec![format!("selfcommunity:{login}")];
    Record::Person(PersonRecord {
        login: login.to_owned(),
        name: Some(login.to_uppercase()),
        email: email.map(str::to_owned),
        languages: Vec::new(),
        external_ids,
    })
}

fn relation(object: &str, relation: &str, subject: &str) -> Relation {
    Relation { object: object.to_owned(), relation: relation.to_owned(), subject: subject.to_owned() }
}

async fn put_records(harness: &Harness, records: Vec<Record>) -> Vec<PutResult> {
    harness.store.put_records(harness.tenant, records, false, now()).await.unwrap()
}

fn key(object: &str, relation: &str) -> AudienceKey {
    AudienceKey::Role { object: object.to_owned(), relation: relation.to_owned() }
}

pub async fn an_import_changes_only_differences(harness: Harness) {
    let shop = Record::Object(ObjectRecord { object: "application:shop".into(), name: "Shop".into() });
    let owner = Record::Relation(relation("application:shop", "OWNER", "person:ada"));
    let accepted = Record::Relation(relation("api:petstore", "ACCEPTED", "application:shop"));
    let stranger = Record::Relation(relation("application:shop", "OWNER", "person:nobody"));
    let records = vec![person("ada", Some("ada@acme.example")), shop, owner, accepted, stranger];
    let dry = harness.store.put_records(harness.tenant, records.clone(), true, now()).await.unwrap();
    assert!(
        matches!(dry[..], [PutResult::Added(_), PutResult::Added(_), PutResult::Added(_), PutResult::Added(_), PutResult::Unknown]),
        "{dry:?}"
    );
    assert_eq!(harness.store.find_person(harness.tenant, "ada").await.unwrap(), None);
    let first = put_records(&harness, records.clone()).await;
    assert!(
        matches!(first[..], [PutResult::Added(_), PutResult::Added(_), PutResult::Added(_), PutResult::Added(_), PutResult::Unknown]),
        "{first:?}"
    );
    let second = put_records(&harness, records).await;
    assert!(
        matches!(
            second[..],
            [PutResult::Unchanged(_), PutResult::Unchanged(_), PutResult::Unchanged(_), PutResult::Unchanged(_), PutResult::Unknown]
        ),
        "{second:?}"
    );
    // An address that changes, and an external id that belongs to another person.
    assert_eq!(put_records(&harness, vec![person("ada", None)]).await, [PutResult::Changed]);
    let thief = PersonRecord { login: "bo".into(), name: None, email: None, languages: Vec::new(), external_ids: vec!["ADA".into()] };
    assert_eq!(put_records(&harness, vec![Record::Person(thief)]).await, [PutResult::Taken]);
    let renamed = Record::Object(ObjectRecord { object: "application:shop".into(), name: "The shop".into() });
    assert_eq!(put_records(&harness, vec![renamed]).await, [PutResult::Changed]);
    let objects = harness.store.objects(harness.tenant, "application:", None, 10).await.unwrap();
    assert_eq!(objects.iter().map(|object| object.name.as_str()).collect::<Vec<_>>(), ["The shop"]);
    // Another tenant sees none of it.
    let other = harness.tenant("other").await;
    assert!(harness.store.objects(other, "", None, 10).await.unwrap().is_empty());
    assert!(harness.store.relations(other, &RelationPattern::default(), None, 10).await.unwrap().is_empty());
}

pub async fn relations_are_found_and_ended(harness: Harness) {
    let all = [
        relation("application:shop", "OWNER", "person:ada"),
        relation("application:shop", "USER", "person:bo"),
        relation("application:till", "OWNER", "person:ada"),
        relation("api:petstore", "ACCEPTED", "application:shop"),
        relation("person:ada", "follower", "person:bo"),
    ];
    let people = vec![person("ada", None), person("bo", None)];
    put_records(&harness, people.into_iter().chain(all.iter().cloned().map(Record::Relation)).collect()).await;
    let find = async |pattern: RelationPattern| {
        let found = harness.store.relations(harness.tenant, &pattern, None, 10).await.unwrap();
        found.into_iter().map(|(_, relation)| relation).collect::<Vec<_>>()
    };
    assert_eq!(find(RelationPattern::default()).await, all);
    assert_eq!(find(RelationPattern::of("application:shop", "OWNER")).await, all[..1]);
    assert_eq!(find(RelationPattern { object: Some("application:".into()), ..RelationPattern::default() }).await, all[..3]);
    // A person by login or external id, as object and as subject.
    assert_eq!(find(RelationPattern::of("person:selfcommunity:ada", "follower")).await, all[4..]);
    let of_bo = RelationPattern { subject: Some("person:bo".into()), ..RelationPattern::default() };
    assert_eq!(find(of_bo.clone()).await, [all[1].clone(), all[4].clone()]);
    assert!(find(RelationPattern { subject: Some("person:nobody".into()), ..RelationPattern::default() }).await.is_empty());
    let rows = harness.store.relations(harness.tenant, &of_bo, None, 10).await.unwrap().into_iter().map(|(row, _)| row).collect::<Vec<_>>();
    assert_eq!(harness.store.end_relations(harness.tenant, rows.clone(), now()).await.unwrap(), 2);
    assert_eq!(harness.store.end_relations(harness.tenant, rows, now()).await.unwrap(), 0);
    assert!(find(of_bo).await.is_empty());
    assert_eq!(harness.store.audience_size(harness.tenant, &[key("application:shop", "USER")]).await.unwrap(), 0);
}

pub async fn role_names_are_those_that_people_hold(harness: Harness) {
    let ada = harness.person("ada").await;
    let relate = |object, relation, holds| harness.store.set_relation(harness.tenant, ada, object, relation, holds, now());
    relate("environment:DEFAULT", "USER", true).await.unwrap();
    relate("environment:DEFAULT", "ADMIN", true).await.unwrap();
    relate("environment:TEST", "ADMIN", true).await.unwrap();
    relate("environment:TEST", "GONE", true).await.unwrap();
    relate("environment:TEST", "GONE", false).await.unwrap();
    relate("application:shop", "OWNER", true).await.unwrap();
    let roles = |beginning| harness.store.role_names(harness.tenant, beginning);
    assert_eq!(roles("environment:").await.unwrap(), ["ADMIN", "USER"]);
    assert_eq!(roles("environment:T").await.unwrap(), ["ADMIN"]);
    assert_eq!(roles("api:").await.unwrap(), Vec::<String>::new());
    let other = harness.tenant("other").await;
    assert!(harness.store.role_names(other, "").await.unwrap().is_empty());
}

pub async fn an_audience_is_summarised(harness: Harness) {
    let records = vec![
        person("ada", Some("team@acme.example")),
        person("bo", Some("TEAM@acme.example")),
        person("cy", None),
        person("di", Some("di@acme.example")),
        Record::Relation(relation("group:g1", "OWNER", "person:ada")),
        Record::Relation(relation("group:g1", "OWNER", "person:cy")),
        Record::Relation(relation("group:g1", "OWNER", "application:shop")),
        Record::Relation(relation("group:g2", "OWNER", "person:ada")),
        Record::Relation(relation("group:g2", "OWNER", "person:bo")),
    ];
    put_records(&harness, records).await;
    let di = harness.store.find_person(harness.tenant, "di").await.unwrap().unwrap();
    for (keys, people, with_email, addresses, first) in [
        (vec![AudienceKey::Everyone], 4, 3, 2, vec!["ada", "bo"]),
        (vec![key("group:g1", "OWNER")], 2, 1, 1, vec!["ada", "cy"]),
        (vec![key("group:g1", "OWNER"), key("group:g2", "OWNER")], 3, 2, 1, vec!["ada", "bo"]),
        (vec![key("group:g1", "OWNER"), AudienceKey::Person(di)], 3, 2, 2, vec!["ada", "cy"]),
        (vec![key("group:g1", "USER")], 0, 0, 0, vec![]),
        (vec![], 0, 0, 0, vec![]),
    ] {
        let summary = harness.store.audience(harness.tenant, &keys, 2).await.unwrap();
        let logins: Vec<_> = summary.first.iter().map(|person| person.login.as_str()).collect();
        assert_eq!((summary.people, summary.with_email, summary.addresses, logins), (people, with_email, addresses, first), "{keys:?}");
        assert_eq!(harness.store.audience_size(harness.tenant, &keys).await.unwrap(), people, "{keys:?}");
        let without = if with_email < people { vec!["cy"] } else { Vec::new() };
        assert_eq!(summary.without_email.iter().map(|person| person.login.as_str()).collect::<Vec<_>>(), without, "{keys:?}");
    }
}

pub async fn mail_is_counted_by_distinct_address(harness: Harness) {
    let team = Some("team@acme.example");
    put_records(&harness, vec![person("ada", team), person("bo", team), person("cy", Some("cy@acme.example")), person("di", None)]).await;
    let addresses = async || {
        let summary = harness.store.audience(harness.tenant, &[AudienceKey::Everyone], 0).await.unwrap();
        (summary.people, summary.addresses)
    };
    let find = async |login| harness.store.find_person(harness.tenant, login).await.unwrap().unwrap();
    assert_eq!(addresses().await, (4, 2));
    harness.store.end_all_mail(harness.tenant, find("ada").await).await.unwrap();
    assert_eq!(addresses().await, (4, 2), "another person reads at that address");
    harness.store.end_all_mail(harness.tenant, find("bo").await).await.unwrap();
    assert_eq!(addresses().await, (4, 1));
    harness.store.remove_person(harness.tenant, find("cy").await).await.unwrap();
    assert_eq!(addresses().await, (3, 0));
}

pub async fn recipients_are_the_holders_at_sending(harness: Harness) {
    put_records(&harness, vec![person("ada", None), person("bo", None), Record::Relation(relation("group:g1", "OWNER", "person:ada"))])
        .await;
    let owners = [key("group:g1", "OWNER")];
    let sent = harness.send(&owners, "to the owners").await;
    let everyone = harness.send(&[AudienceKey::Everyone], "to everyone").await;
    // Ada leaves, Bo takes over, Cy is new.
    let rows = harness.store.relations(harness.tenant, &RelationPattern::of("group:g1", "OWNER"), None, 10).await.unwrap();
    harness.store.end_relations(harness.tenant, rows.into_iter().map(|(row, _)| row).collect(), now()).await.unwrap();
    put_records(&harness, vec![Record::Relation(relation("group:g1", "OWNER", "person:bo")), person("cy", None)]).await;
    let later = harness.send(&owners, "to the new owner").await;
    let recipients = async |id| {
        let (found, counts) = harness.store.recipients(harness.tenant, id, None, 10).await.unwrap();
        assert_eq!(counts.people, found.len() as u64);
        found.into_iter().map(|recipient| recipient.login).collect::<Vec<_>>()
    };
    assert_eq!(recipients(sent.id).await, ["ada"]);
    assert_eq!(recipients(everyone.id).await, ["ada", "bo"]);
    assert_eq!(recipients(later.id).await, ["bo"]);
    // Page by page.
    let (first, all) = harness.store.recipients(harness.tenant, everyone.id, None, 1).await.unwrap();
    let (rest, _) = harness.store.recipients(harness.tenant, everyone.id, first.next, 10).await.unwrap();
    assert_eq!(rest.iter().map(|recipient| recipient.login.as_str()).collect::<Vec<_>>(), ["bo"]);
    assert_eq!(all.people, 2, "each inbox_page has the counts of all");
    // The inboxes agree.
    let bo = harness.store.find_person(harness.tenant, "bo").await.unwrap().unwrap();
    let page = harness.store.inbox_page(harness.tenant, bo, &view(View::Inbox), None, 10).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.notification.id).collect::<Vec<_>>(), [later.id, everyone.id]);
}

pub async fn recipients_states_are_listed_and_counted(harness: Harness) {
    let mut people = Vec::new();
    for login in ["ada", "bo", "cy", "di"] {
        people.push(harness.person(login).await);
    }
    let sent = harness.send(&[AudienceKey::Everyone], "to everyone").await;
    harness.act(people[0], Action::Read, &[sent.id]).await;
    harness.store.mark_seen(harness.tenant, people[1], sent.sequence).await.unwrap();
    // All at once, which writes no row for the item.
    let all = Selection::Matching { filter: view(View::Inbox), up_to: sent.sequence };
    let change = InboxChange::new(Action::Dismiss, all);
    harness.store.change_items(harness.tenant, people[2], change, Uuid::from_u128(1), now()).await.unwrap();
    // No one has seen a later notification.
    let later = harness.send(&[AudienceKey::Everyone], "later").await;
    let (found, counts) = harness.store.recipients(harness.tenant, sent.id, None, 10).await.unwrap();
    let did: Vec<_> = found.iter().map(|one| (one.login.as_str(), one.seen, one.read, one.dismissed)).collect();
    assert_eq!(did, [("ada", true, true, false), ("bo", true, false, false), ("cy", false, false, true), ("di", false, false, false)]);
    assert_eq!(counts, RecipientCounts { people: 4, seen: 2, read: 1, dismissed: 1, incomplete: false });
    let (_, counts) = harness.store.recipients(harness.tenant, later.id, None, 1).await.unwrap();
    assert_eq!(counts, RecipientCounts { people: 4, ..RecipientCounts::default() });
}

pub async fn all_recipients_are_counted(harness: Harness) {
    const MANY: usize = 10_050;
    let people = (0..MANY).map(|number| person(&format!("p{number}"), None));
    put_records(&harness, people.collect()).await;
    let last = harness.store.find_person(harness.tenant, &format!("p{}", MANY - 1)).await.unwrap().unwrap();
    let sent = harness.send(&[AudienceKey::Everyone], "to everyone").await;
    harness.act(last, Action::Read, &[sent.id]).await;
    let (page, counts) = harness.store.recipients(harness.tenant, sent.id, None, 2).await.unwrap();
    assert_eq!(page.len(), 2);
    assert_eq!(counts, RecipientCounts { people: MANY as u64, seen: 1, read: 1, dismissed: 0, incomplete: false });
}

pub async fn roles_are_found_by_words(harness: Harness) {
    let records = vec![
        person("ada", None),
        person("bo", None),
        Record::Object(ObjectRecord { object: "api:petstore".into(), name: "Pet Störe".into() }),
        Record::Relation(relation("environment:DEFAULT", "ADMIN", "person:ada")),
        Record::Relation(relation("environment:DEFAULT", "ADMIN", "person:bo")),
        Record::Relation(relation("environment:DEFAULT", "USER", "person:bo")),
        Record::Relation(relation("environment:DEFAULT", "api", "api:petstore")),
        Record::Relation(relation("api:petstore", "ACCEPTED", "application:shop")),
        Record::Relation(relation("person:ada", "follower", "person:bo")),
    ];
    put_records(&harness, records).await;
    let find = async |which: RoleQuery| {
        let (found, incomplete) = harness.store.roles(harness.tenant, which, 10).await.unwrap();
        assert!(!incomplete);
        found.into_iter().map(|role| format!("{}#{}={}", role.object, role.relation, role.holders)).collect::<Vec<_>>()
    };
    let saying = |words: &[&str]| RoleQuery::Matching(words.iter().map(|word| (*word).to_owned()).collect());
    let all = ["api:petstore#ACCEPTED=0", "environment:DEFAULT#ADMIN=2", "environment:DEFAULT#USER=1"];
    assert_eq!(find(saying(&[])).await, all);
    assert_eq!(find(saying(&["störe"])).await, all[..1]);
    assert_eq!(find(saying(&["admin", "default"])).await, all[1..2]);
    assert_eq!(find(saying(&["admin", "staging"])).await, [""; 0]);
    assert_eq!(find(RoleQuery::Object("environment:DEFAULT".into())).await, all[1..]);
    // People who left are not counted, and a role that no one holds is not listed.
    let rows = harness.store.relations(harness.tenant, &RelationPattern::of("environment:DEFAULT", "USER"), None, 10).await.unwrap();
    harness.store.end_relations(harness.tenant, rows.into_iter().map(|(row, _)| row).collect(), now()).await.unwrap();
    assert_eq!(find(saying(&["environment"])).await, all[1..2]);
    assert!(harness.store.roles(harness.tenant("other").await, saying(&[]), 10).await.unwrap().0.is_empty());
}

pub async fn a_name_set_is_private(harness: Harness) {
    let (one, other) = (harness.store.temporary_names().unwrap(), harness.store.temporary_names().unwrap());
    for hundred in 0..100 {
        one.insert((0..100).map(|at| format!("name {}", hundred * 100 + at)).collect()).await.unwrap();
    }
    one.insert(vec!["name 7".to_owned()]).await.unwrap();
    for (name, known) in [("name 0", true), ("name 9999", true), ("name 10000", false), ("Name 0", false), ("", false)] {
        assert_eq!(one.contains(name).await.unwrap(), known, "{name}");
    }
    assert!(!other.contains("name 0").await.unwrap());
}
