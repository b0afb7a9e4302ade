//! Sending, and how senders see what they sent.

use campanile_domain::{
    AudienceKey, Error, StoreEvent, TenantId,
    model::idempotency::{Accepted, IdempotencyKey, RecordedResponse},
};
use campanile_shared::{View, inbox::Action};
use chrono::TimeDelta;

use crate::{
    harness::{Harness, now, person, role, view},
    recall_and_correct::by,
};

fn claim(key: &str, body: u8) -> IdempotencyKey {
    IdempotencyKey { scope: "key:1".into(), key: key.into(), body_sha256: [body; 32], answer: None }
}

pub async fn a_notification_is_stored_once_and_found(harness: Harness) {
    let mut new = harness.notification(&[AudienceKey::Everyone, role("ADMIN")], "Ärger – 問題 👩‍👧");
    new.message.component = Some("Citrix Cloud".into());
    new.message.categories = vec!["a".into(), "b".into()];
    new.message.created_at = "2020-02-29T23:59:59.1234567-08:00".parse().unwrap();
    new.message.expires_at = Some("9999-12-31T23:59:59Z".parse().unwrap());
    new.message.extra = serde_json::json!({"data": [1, null, "x"]});
    let accepted = harness.accept(new.clone()).await;
    assert_eq!((accepted.id, accepted.sequence, accepted.repeated), (new.id, 1, false));
    let found = harness.store.notification(harness.tenant, new.id).await.unwrap().unwrap();
    assert_eq!((found.id, found.sequence, found.accepted_at), (new.id, 1, accepted.accepted_at));
    assert_eq!((&found.to, &found.message), (&new.to, &new.message));
    assert_eq!(found.message.created_at.to_rfc3339(), new.message.created_at.to_rfc3339());
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.notification(other, new.id).await.unwrap(), None);
    let nowhere = harness.store.insert_notification(TenantId(99), harness.notification(&[AudienceKey::Everyone], "lost"), None).await;
    assert!(matches!(nowhere, Err(Error::NotFound)));
}

pub async fn sequences_are_dense_in_each_tenant(harness: Harness) {
    let other = harness.tenant("other").await;
    let sent = harness.send_many(5).await;
    assert_eq!(sent.iter().map(|one| one.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let elsewhere = harness.store.insert_notification(other, harness.notification(&[AudienceKey::Everyone], "other"), None).await.unwrap();
    assert_eq!(elsewhere.sequence, 1);
    let page = |before, limit| harness.store.notifications(harness.tenant, before, limit);
    let sequences = |found: campanile_domain::model::listing::Listing<campanile_domain::Notification, u64>| {
        found.iter().map(|one| one.sequence).collect::<Vec<_>>()
    };
    assert_eq!(sequences(page(None, 2).await.unwrap()), [5, 4]);
    assert_eq!(sequences(page(Some(4), 9).await.unwrap()), [3, 2, 1]);
    assert_eq!(sequences(page(Some(u64::MAX), 1).await.unwrap()), [5]);
    assert!(page(Some(0), 9).await.unwrap().is_empty());
}

pub async fn an_idempotency_key_creates_one_notification(harness: Harness) {
    let new = |at| {
        let mut new = harness.notification(&[AudienceKey::Everyone], "claimed");
        new.accepted_at = at;
        new
    };
    let accept = |new, claim| harness.store.insert_notification(harness.tenant, new, Some(claim));
    let first = accept(new(now()), claim("k", 1)).await.unwrap();
    let again = accept(new(now() + TimeDelta::hours(23)), claim("k", 1)).await.unwrap();
    assert_eq!((again.id, again.sequence, again.accepted_at), (first.id, first.sequence, first.accepted_at));
    assert_eq!((first.repeated, again.repeated), (false, true));
    assert!(matches!(accept(new(now()), claim("k", 2)).await, Err(Error::IdempotencyKeyReused)));
    let stranger = IdempotencyKey { scope: "key:2".into(), ..claim("k", 2) };
    assert_eq!(accept(new(now()), stranger).await.unwrap().sequence, 2);
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.insert_notification(other, new(now()), Some(claim("k", 2))).await.unwrap().sequence, 1);
    let later = accept(new(now() + TimeDelta::hours(24)), claim("k", 2)).await.unwrap();
    assert_eq!((later.sequence, later.repeated), (3, false));
    assert_eq!(harness.snapshot(harness.person("ada").await).await.sequence, 3);
}

pub async fn an_idempotency_key_keeps_its_response(harness: Harness) {
    let own = IdempotencyKey { answer: Some("3".into()), ..claim("k", 1) };
    assert_eq!(harness.store.recorded_response(harness.tenant, &own, now()).await.unwrap(), None);
    let new = harness.notification(&[AudienceKey::Everyone], "claimed");
    let accepted = harness.store.insert_notification(harness.tenant, new, Some(own.clone())).await.unwrap();
    let repeated = Accepted { repeated: true, ..accepted };
    for (asked, hours, expected) in [
        (own.clone(), 0, Some(RecordedResponse { accepted: repeated, answer: Some("3".into()) })),
        // The response that a repeat would give does not count.
        (claim("k", 1), 23, Some(RecordedResponse { accepted: repeated, answer: Some("3".into()) })),
        (own.clone(), 24, None),
        (claim("other", 1), 0, None),
        (IdempotencyKey { scope: "key:2".into(), ..own.clone() }, 0, None),
    ] {
        let first = harness.store.recorded_response(harness.tenant, &asked, now() + TimeDelta::hours(hours)).await.unwrap();
        assert_eq!(first, expected, "{asked:?} after {hours} h");
    }
    assert!(matches!(harness.store.recorded_response(harness.tenant, &claim("k", 2), now()).await, Err(Error::IdempotencyKeyReused)));
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.recorded_response(other, &own, now()).await.unwrap(), None);
}

pub async fn equal_fingerprints_are_stored_once(harness: Harness) {
    let mut new = harness.notification(&[AudienceKey::Everyone], "event");
    new.fingerprint = Some([7; 32]);
    let first = harness.accept(new.clone()).await;
    new.id = harness.id();
    let again = harness.store.insert_notification(harness.tenant, new.clone(), Some(claim("k", 1))).await.unwrap();
    assert_eq!((again.id, again.sequence, again.repeated), (first.id, 1, true));
    // The idempotency key leads to the same notification.
    let claimed = harness
        .store
        .insert_notification(harness.tenant, harness.notification(&[AudienceKey::Everyone], "x"), Some(claim("k", 1)))
        .await
        .unwrap();
    assert_eq!((claimed.id, claimed.repeated), (first.id, true));
    let other = harness.tenant("other").await;
    assert!(!harness.store.insert_notification(other, new, None).await.unwrap().repeated);
    assert_eq!(harness.send_many(2).await[1].sequence, 3);
}

pub async fn an_audience_counts_each_person_once(harness: Harness) {
    let (ada, bo, cy) = (harness.person("ada").await, harness.person("bo").await, harness.person("cy").await);
    let other = harness.tenant("other").await;
    let stranger = harness.store.create_person(other, person("ada"), now()).await.unwrap();
    harness.relate(ada, "ADMIN", true).await;
    harness.relate(bo, "ADMIN", true).await;
    harness.relate(bo, "USER", true).await;
    for (keys, expected) in [
        (vec![AudienceKey::Everyone], 3),
        (vec![AudienceKey::Everyone, AudienceKey::Person(ada)], 3),
        (vec![role("ADMIN")], 2),
        (vec![role("USER")], 1),
        (vec![role("NOBODY")], 0),
        (vec![role("ADMIN"), role("USER")], 2),
        (vec![role("USER"), AudienceKey::Person(cy), AudienceKey::Person(bo)], 2),
        (vec![AudienceKey::Person(ada)], 1),
        (vec![AudienceKey::Person(stranger)], 0),
        (vec![], 0),
    ] {
        let text = format!("{keys:?}");
        assert_eq!(harness.store.audience_size(harness.tenant, &keys).await.unwrap(), expected, "{text}");
    }
    harness.relate(bo, "ADMIN", false).await;
    harness.relate(bo, "ADMIN", false).await;
    harness.relate(ada, "ADMIN", true).await;
    assert_eq!(harness.store.audience_size(harness.tenant, &[role("ADMIN")]).await.unwrap(), 1);
}

pub async fn components_are_those_of_the_inbox(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let say = async |keys: &[AudienceKey], name: &str| {
        let mut new = harness.notification(keys, "x");
        new.message.component = Some(name.into());
        harness.accept(new).await
    };
    let of = async |person| harness.store.components(harness.tenant, person).await.unwrap();
    say(&[role("ADMIN")], "Before").await;
    harness.relate(ada, "ADMIN", true).await;
    for name in ["Zebra", "Apple", "Zebra"] {
        say(&[AudienceKey::Everyone], name).await;
    }
    say(&[AudienceKey::Person(bo)], "Secret").await;
    let recalled = say(&[role("ADMIN")], "Payroll").await;
    assert_eq!(
        (of(ada).await, of(bo).await),
        (vec!["Apple".to_owned(), "Payroll".into(), "Zebra".into()], vec!["Apple".into(), "Secret".into(), "Zebra".into()])
    );
    // Dismissed items count as received. Recalled ones and those sent after the person left do not.
    let all = harness.sequences(ada, &view(View::Inbox)).await;
    harness.act_on_all(ada, Action::Dismiss, view(View::Inbox), all[0]).await;
    harness.relate(ada, "ADMIN", false).await;
    say(&[role("ADMIN")], "After").await;
    assert_eq!(of(ada).await, ["Apple", "Payroll", "Zebra"]);
    harness.store.recall(harness.tenant, recalled.id, by("Ada"), now()).await.unwrap();
    assert_eq!(of(ada).await, ["Apple", "Zebra"]);
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.components(other, ada).await, Err(Error::NotFound)));
}

pub async fn arrivals_are_reported_in_order(harness: Harness) {
    harness.events().await;
    let mut running = tokio::task::JoinSet::new();
    for new in (0..50).map(|_| harness.notification(&[AudienceKey::Everyone, role("ADMIN")], "x")) {
        let (store, tenant) = (harness.store.clone(), harness.tenant);
        running.spawn(async move { store.insert_notification(tenant, new, None).await.unwrap().sequence });
    }
    let mut answered: Vec<u64> = running.join_all().await;
    answered.sort_unstable();
    assert_eq!(answered, (1..=50).collect::<Vec<_>>());
    let events = harness.events().await;
    assert_eq!(events.len(), 50);
    for (at, news) in events.into_iter().enumerate() {
        let StoreEvent::Arrived { tenant, sequence } = news else { panic!("{news:?}") };
        assert_eq!((tenant, sequence), (harness.tenant, at as u64 + 1));
    }
}

pub async fn arrivals_are_read_by_sequence(harness: Harness) {
    let bo = harness.person("bo").await;
    let (everyone, both) = (vec![AudienceKey::Everyone], vec![role("ADMIN"), AudienceKey::Person(bo)]);
    let first = harness.accept(harness.notification(&everyone, "first")).await;
    let second = harness.accept(harness.notification(&both, "second")).await;
    let recalled = harness.accept(harness.notification(&everyone, "recalled")).await;
    harness.store.recall(harness.tenant, recalled.id, by("Ada"), now()).await.unwrap();
    let large = "x".repeat(1 << 20);
    let mut big = Vec::new();
    for _ in 0..6 {
        let mut new = harness.notification(&everyone, "big");
        new.message.content[0].description.clone_from(&large);
        big.push(harness.accept(new).await.sequence);
    }
    let read = async |tenant, sequences: Vec<u64>| harness.store.arrived(tenant, sequences).await.unwrap();
    let page = read(harness.tenant, vec![first.sequence, second.sequence, recalled.sequence, 99]).await;
    let found: Vec<_> = page.items.iter().map(|arrived| (arrived.notification.id, arrived.keys.clone())).collect();
    assert_eq!((found, page.next), (vec![(first.id, everyone), (second.id, both)], None));
    // What does not fit into one page comes with the next.
    let page = read(harness.tenant, big.clone()).await;
    assert_eq!((page.items.len(), page.next), (3, Some(big[3])));
    let other = harness.tenant("other").await;
    assert!(read(other, vec![first.sequence]).await.items.is_empty());
}

pub async fn a_notification_can_arrive_dismissed(harness: Harness) {
    let (ada, bo, cy) = (harness.person("ada").await, harness.person("bo").await, harness.person("cy").await);
    harness.relate(ada, "ADMIN", true).await;
    let before = harness.snapshot(ada).await;
    harness.events().await;
    let mut new = harness.notification(&[role("ADMIN"), AudienceKey::Person(bo)], "away");
    new.pre_dismissed = true;
    let sent = harness.accept(new).await;
    for person in [ada, bo] {
        assert_eq!(harness.titles(person, &view(View::Dismissed)).await, ["away"]);
        assert!(harness.titles(person, &view(View::Inbox)).await.is_empty());
        let counts = harness.snapshot(person).await.counts;
        assert_eq!((counts.total, counts.unread), (0, 0));
    }
    assert!(harness.titles(cy, &view(View::Dismissed)).await.is_empty());
    // No arrival is reported. Each person's inbox changes, and that is reported.
    let mut notified = Vec::new();
    for news in harness.events().await {
        let StoreEvent::Changed { person, revision, .. } = news else { panic!("{news:?}") };
        assert_eq!(revision, harness.snapshot(person).await.revision);
        notified.push(person);
    }
    assert_eq!(notified, [ada, bo]);
    let missed = harness.missed(ada, before, 10).await.unwrap();
    assert!(missed.arrived[0].state.dismissed);
    // A person who gets the role later did not receive it.
    harness.relate(cy, "ADMIN", true).await;
    assert!(harness.titles(cy, &view(View::Dismissed)).await.is_empty());
    harness.act(ada, Action::Restore, &[sent.id]).await;
    assert_eq!(harness.titles(ada, &view(View::Inbox)).await, ["away"]);
}
