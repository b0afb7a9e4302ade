//! Limits of pages in bytes and in time.

use campanile_domain::{
    AudienceKey,
    model::{
        inbox_item::{BroadcastFilter, BroadcastQuery},
        relation::{RelationPattern, RoleQuery},
        routing::Routing,
        scheduled::ScheduledNotification,
    },
};
use campanile_shared::{
    Filter, Recipients,
    directory::{ObjectRecord, PersonRecord, Record, Relation},
};

use crate::harness::{Harness, message, now};

/// A page of about 4 MiB holds four of this size.
const LARGE: usize = 1_000_000;

pub async fn a_page_is_bounded_in_bytes(harness: Harness) {
    let ada = harness.person("ada").await;
    for at in 0..6 {
        let mut new = harness.notification(&[AudienceKey::Everyone], &format!("large {at}"));
        new.message.content[0].description = "x".repeat(LARGE);
        harness.accept(new).await;
        let mut later = message("later");
        later.content[0].description = "x".repeat(LARGE);
        let scheduled = ScheduledNotification {
            id: harness.id(),
            due_at: Some(now()),
            to: vec![Recipients::Everyone],
            routing: Routing::default(),
            message: later,
        };
        harness.store.schedule(harness.tenant, &scheduled, None, now()).await.unwrap();
        let external_ids = (0..LARGE / 100).map(|id| format!("{at}:{id:098}")).collect();
        let person = PersonRecord { login: format!("p{at}"), name: None, email: None, languages: Vec::new(), external_ids };
        harness.store.put_records(harness.tenant, vec![Record::Person(person)], false, now()).await.unwrap();
    }
    let store = &harness.store;
    let page = store.inbox_page(harness.tenant, ada, &Filter::default(), None, 200).await.unwrap();
    assert_eq!((page.items.len(), page.next, page.incomplete), (4, Some(3), false));
    let rest = store.inbox_page(harness.tenant, ada, &Filter::default(), page.next, 200).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (2, None));
    let sent = store.notifications(harness.tenant, None, 200).await.unwrap();
    assert_eq!((sent.len(), sent.next), (4, Some(3)));
    assert_eq!(store.notifications(harness.tenant, sent.next, 200).await.unwrap().len(), 2);
    let (broadcast, next) =
        store.items_by_broadcast(harness.tenant, ada, BroadcastQuery::all(BroadcastFilter::Broadcast), 100).await.unwrap();
    assert_eq!((broadcast.len(), next), (4, Some(3)));
    let scheduled = store.scheduled(harness.tenant, None, 200).await.unwrap();
    assert_eq!(scheduled.len(), 4);
    assert_eq!(store.scheduled(harness.tenant, scheduled.next, 200).await.unwrap().len(), 2);
    assert_eq!(store.due_scheduled(now(), 200).await.unwrap().len(), 4);
    let people = store.person_records(harness.tenant, None, 200).await.unwrap();
    assert_eq!(people.len(), 5, "one is small");
    assert_eq!(store.person_records(harness.tenant, people.next, 200).await.unwrap().len(), 2);
    let members = store.members(harness.tenant, "", None, 200).await.unwrap();
    assert_eq!(members.len(), 5);
    assert_eq!(store.members(harness.tenant, "", members.next, 200).await.unwrap().len(), 2);
}

pub async fn large_missed_changes_are_not_listed(harness: Harness) {
    let ada = harness.person("ada").await;
    let since = harness.snapshot(ada).await;
    for expected in [true, true, true, true, false] {
        let mut new = harness.notification(&[AudienceKey::Everyone], "large");
        new.message.content[0].description = "x".repeat(LARGE);
        harness.accept(new).await;
        let missed = harness.missed(ada, since, 100).await;
        assert_eq!(missed.is_some(), expected);
    }
}

/// For a store whose time limit is zero: an answer ends after its first step and returns a cursor.
pub async fn a_query_without_time_finds_everything_page_by_page(harness: Harness) {
    let ada = harness.person("ada").await;
    let mut records = Vec::new();
    for at in 0..30 {
        let (object, kind) = (format!("application:a{at:02}"), if at == 17 { "RARE" } else { "COMMON" });
        records.push(Record::Object(ObjectRecord { object: object.clone(), name: object.clone() }));
        records.push(Record::Relation(Relation { object, relation: kind.to_owned(), subject: "person:ada".to_owned() }));
    }
    harness.store.put_records(harness.tenant, records, false, now()).await.unwrap();
    let pattern =
        RelationPattern { object: Some("application:".to_owned()), relation: Some("RARE".to_owned()), ..RelationPattern::default() };
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = harness.store.relations(harness.tenant, &pattern, after, 50).await.unwrap();
        found.extend(page.items.into_iter().map(|(_, relation)| relation.object));
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
    }
    assert_eq!((found, pages > 10), (vec!["application:a17".to_owned()], true));
    // A list without a cursor returns what it found, and says so where it can.
    assert_eq!(harness.store.role_names(harness.tenant, "application:").await.unwrap(), ["COMMON"]);
    let (roles, incomplete) = harness.store.roles(harness.tenant, RoleQuery::Matching(vec!["rare".to_owned()]), 10).await.unwrap();
    assert!(roles.is_empty() && incomplete, "{roles:?}");
    let sent = harness.send(&[AudienceKey::Everyone], "to all").await;
    for login in ["bo", "cy"] {
        harness.person(login).await;
    }
    let audience = harness.store.audience(harness.tenant, &[AudienceKey::Everyone], 10).await.unwrap();
    assert!(audience.incomplete && audience.people == 3, "{audience:?}");
    harness.store.mark_seen(harness.tenant, ada, sent.sequence).await.unwrap();
    let (_, reach) = harness.store.recipients(harness.tenant, sent.id, None, 10).await.unwrap();
    assert!(reach.incomplete && reach.people == 1, "{reach:?}");
}
