//! Limits of pages in bytes and in time.

use campanile_domain::{
    AudienceKey,
    delivery::Ways,
    relations::{Pattern, Roles},
    schedule::Scheduled,
    store::{Half, HalfQuery},
};
use campanile_shared::{
    Filter, Recipients,
    directory::{ObjectRecord, PersonRecord, Record, Relation},
};

use crate::world::{World, message, now};

/// A page of about 4 MiB holds four of this size.
const LARGE: usize = 1_000_000;

pub async fn a_page_ends_where_it_grows_large(world: World) {
    let ada = world.person("ada").await;
    for at in 0..6 {
        let mut new = world.notification(&[AudienceKey::Everyone], &format!("large {at}"));
        new.message.content[0].description = "x".repeat(LARGE);
        world.accept(new).await;
        let mut later = message("later");
        later.content[0].description = "x".repeat(LARGE);
        let scheduled =
            Scheduled { id: world.id(), due_at: Some(now()), to: vec![Recipients::Everyone], ways: Ways::default(), message: later };
        world.store.schedule(world.tenant, &scheduled, None, now()).await.unwrap();
        let external_ids = (0..LARGE / 100).map(|id| format!("{at}:{id:098}")).collect();
        let person = PersonRecord { login: format!("p{at}"), name: None, email: None, languages: Vec::new(), external_ids };
        world.store.put(world.tenant, vec![Record::Person(person)], false, now()).await.unwrap();
    }
    let store = &world.store;
    let page = store.page(world.tenant, ada, &Filter::default(), None, 200).await.unwrap();
    assert_eq!((page.items.len(), page.next, page.incomplete), (4, Some(3), false));
    let rest = store.page(world.tenant, ada, &Filter::default(), page.next, 200).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (2, None));
    let sent = store.notifications(world.tenant, None, 200).await.unwrap();
    assert_eq!((sent.len(), sent.next), (4, Some(3)));
    assert_eq!(store.notifications(world.tenant, sent.next, 200).await.unwrap().len(), 2);
    let (half, next) = store.half(world.tenant, ada, HalfQuery::all(Half::Everyone), 100).await.unwrap();
    assert_eq!((half.len(), next), (4, Some(3)));
    let scheduled = store.scheduled(world.tenant, None, 200).await.unwrap();
    assert_eq!(scheduled.len(), 4);
    assert_eq!(store.scheduled(world.tenant, scheduled.next, 200).await.unwrap().len(), 2);
    assert_eq!(store.due(now(), 200).await.unwrap().len(), 4);
    let people = store.person_records(world.tenant, None, 200).await.unwrap();
    assert_eq!(people.len(), 5, "one is small");
    assert_eq!(store.person_records(world.tenant, people.next, 200).await.unwrap().len(), 2);
    let members = store.members(world.tenant, "", None, 200).await.unwrap();
    assert_eq!(members.len(), 5);
    assert_eq!(store.members(world.tenant, "", members.next, 200).await.unwrap().len(), 2);
}

pub async fn what_a_stream_missed_is_not_told_when_it_is_large(world: World) {
    let ada = world.person("ada").await;
    let since = world.snapshot(ada).await;
    for told in [true, true, true, true, false] {
        let mut new = world.notification(&[AudienceKey::Everyone], "large");
        new.message.content[0].description = "x".repeat(LARGE);
        world.accept(new).await;
        let missed = world.store.missed(world.tenant, ada, since.sequence, since.revision, 100).await.unwrap();
        assert_eq!(missed.is_some(), told);
    }
}

/// For a store whose time limit is zero: an answer ends after its first step and returns a cursor.
pub async fn what_is_looked_for_is_found_in_the_end(world: World) {
    let ada = world.person("ada").await;
    let mut records = Vec::new();
    for at in 0..30 {
        let (object, kind) = (format!("application:a{at:02}"), if at == 17 { "RARE" } else { "COMMON" });
        records.push(Record::Object(ObjectRecord { object: object.clone(), name: object.clone() }));
        records.push(Record::Relation(Relation { object, relation: kind.to_owned(), subject: "person:ada".to_owned() }));
    }
    world.store.put(world.tenant, records, false, now()).await.unwrap();
    let pattern = Pattern { object: Some("application:".to_owned()), relation: Some("RARE".to_owned()), ..Pattern::default() };
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world.store.relations(world.tenant, &pattern, after, 50).await.unwrap();
        found.extend(page.items.into_iter().map(|(_, relation)| relation.object));
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
    }
    assert_eq!((found, pages > 10), (vec!["application:a17".to_owned()], true));
    // A list without a cursor returns what it found, and says so where it can.
    assert_eq!(world.store.role_names(world.tenant, "application:").await.unwrap(), ["COMMON"]);
    let (roles, incomplete) = world.store.roles(world.tenant, Roles::Saying(vec!["rare".to_owned()]), 10).await.unwrap();
    assert!(roles.is_empty() && incomplete, "{roles:?}");
    let sent = world.send(&[AudienceKey::Everyone], "to all").await;
    for login in ["bo", "cy"] {
        world.person(login).await;
    }
    let audience = world.store.audience(world.tenant, &[AudienceKey::Everyone], 10).await.unwrap();
    assert!(audience.incomplete && audience.people == 3, "{audience:?}");
    world.store.see(world.tenant, ada, sent.sequence).await.unwrap();
    let (_, reach) = world.store.recipients(world.tenant, sent.id, None, 10).await.unwrap();
    assert!(reach.incomplete && reach.people == 1, "{reach:?}");
}
