//! Expiry and retention.

use campanile_domain::{
    AudienceKey, SecretHash, StoreEvent, TenantSettings,
    model::{
        delivery::{self, NewDelivery},
        idempotency::IdempotencyKey,
        secret::SecretKind,
        token::{Token, TokenSubject},
    },
};
use campanile_shared::{Channel, Filter, View, inbox::Action};
use chrono::TimeDelta;

use crate::harness::{Harness, now, role, view};

pub async fn expired_notifications_leave_inboxes(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "ADMIN", true).await;
    harness.send(&[AudienceKey::Everyone], "stays").await;
    let mut brief = harness.notification(&[role("ADMIN")], "brief");
    brief.message.expires_at = Some(now() + TimeDelta::minutes(1));
    let brief = harness.accept(brief).await;
    let before = (harness.snapshot(ada).await, harness.snapshot(bo).await);
    harness.events().await;
    assert_eq!(harness.store.expire(now(), 10).await.unwrap(), 0);
    assert!(harness.events().await.is_empty());
    assert_eq!(harness.store.expire(now() + TimeDelta::minutes(1), 10).await.unwrap(), 1);
    assert_eq!(harness.store.expire(now() + TimeDelta::minutes(1), 10).await.unwrap(), 0);
    let events = harness.events().await;
    let [StoreEvent::Withdrawn { tenant, keys }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*tenant, &keys[..]), (harness.tenant, &[role("ADMIN")][..]));
    let after = harness.snapshot(ada).await;
    assert_eq!((after.counts.total, after.counts.unread), (1, 1));
    assert!(after.is_newer_than(&before.0));
    // For people who do not hold the key nothing changed: their snapshot is still valid.
    assert_eq!(harness.snapshot(bo).await, before.1);
    assert_eq!(harness.titles(ada, &view(View::Inbox)).await, ["stays"]);
    let brief_only = Filter { text: Some("brief".into()), ..Filter::default() };
    assert!(harness.titles(ada, &brief_only).await.is_empty());
    assert!(harness.store.inbox_item(harness.tenant, ada, brief.id).await.unwrap().is_none());
    assert_eq!(harness.act(ada, Action::Read, &[brief.id]).await.undo, None);
    // Senders still see it.
    assert!(harness.store.notification(harness.tenant, brief.id).await.unwrap().is_some());
}

pub async fn old_notifications_are_deleted(harness: Harness) {
    let ada = harness.person("ada").await;
    let old = harness.send_many(25).await;
    let fresh = now() + TimeDelta::days(80);
    for _ in 0..3 {
        let mut new = harness.notification(&[AudienceKey::Everyone], "fresh");
        new.accepted_at = fresh;
        harness.accept(new).await;
    }
    let claim = IdempotencyKey { scope: "s".into(), key: "k".into(), body_sha256: [0; 32], answer: None };
    let pass = Token { kind: SecretKind::Session, tenant: harness.tenant, subject: TokenSubject::Person(ada), expires_at: now() };
    harness.store.insert_token(SecretHash([1; 32]), pass).await.unwrap();
    let mut new = harness.notification(&[AudienceKey::Everyone], "claimed");
    new.accepted_at = fresh;
    harness.store.insert_notification(harness.tenant, new, Some(claim)).await.unwrap();
    let at = now() + TimeDelta::days(90);
    assert_eq!(harness.store.purge(at, 10).await.unwrap(), 0, "not a day too early");
    let at = at + TimeDelta::seconds(1);
    harness.events().await;
    let mut purged = Vec::new();
    for _ in 0..4 {
        purged.push(harness.store.purge(at, 10).await.unwrap());
    }
    assert_eq!(purged, [10, 10, 5, 0]);
    assert_eq!(harness.events().await.into_iter().filter(|news| matches!(news, StoreEvent::Withdrawn { .. })).count(), 3);
    assert_eq!(harness.sequences(ada, &view(View::Inbox)).await, [29, 28, 27, 26]);
    assert_eq!(harness.store.notifications(harness.tenant, None, 100).await.unwrap().len(), 4);
    assert!(harness.store.notification(harness.tenant, old[0].id).await.unwrap().is_none());
    let words = Filter { text: Some("number".into()), ..Filter::default() };
    assert!(harness.titles(ada, &words).await.is_empty());
    assert_eq!(harness.send_many(1).await[0].sequence, 30, "sequences continue");
}

pub async fn deliveries_are_deleted_in_small_steps(harness: Harness) {
    let mut sent = Vec::new();
    for _ in 0..2 {
        let mut new = harness.notification(&[AudienceKey::Everyone], "to many");
        new.deliveries = (0..25)
            .map(|number| {
                let target = format!("https://a.example/{number}");
                let id = delivery::delivery_id(new.id, Channel::Http, &target);
                NewDelivery { id, channel: Channel::Http, target, queue: "a.example".into(), request: None, due_at: now() }
            })
            .collect();
        sent.push(harness.accept(new).await.id);
    }
    let at = now() + TimeDelta::days(91);
    let left = async |id| harness.store.deliveries(harness.tenant, id, None, 100).await.unwrap().1.pending;
    let mut steps = Vec::new();
    loop {
        let gone = harness.store.purge(at, 10).await.unwrap();
        if gone == 0 {
            break;
        }
        steps.push(gone);
        // Its deliveries are deleted first. Until then the notification is there to say whose they are.
        for id in &sent {
            assert_eq!(harness.store.notification(harness.tenant, *id).await.unwrap().is_none(), left(*id).await == 0);
        }
    }
    assert_eq!(steps, [10, 10, 10, 10, 10, 2]);
}

pub async fn retention_is_a_tenant_setting(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(3).await;
    let keep =
        |retention_days| harness.store.set_tenant_settings(harness.tenant, TenantSettings { retention_days, ..TenantSettings::default() });
    keep(0).await.unwrap();
    assert_eq!(harness.store.purge(now() + TimeDelta::days(100_000), 10).await.unwrap(), 0);
    keep(1).await.unwrap();
    assert_eq!(harness.store.purge(now() + TimeDelta::days(2), 10).await.unwrap(), 3);
    assert_eq!(harness.snapshot(ada).await.counts.total, 0);
}

pub async fn item_states_are_deleted_with_the_notification(harness: Harness) {
    let ada = harness.person("ada").await;
    let old = harness.send_many(50).await;
    let ids: Vec<_> = old.iter().map(|one| one.id).collect();
    harness.act(ada, Action::Read, &ids[..15]).await;
    harness.act_on_all(ada, Action::Dismiss, view(View::Inbox), 30).await;
    harness.act(ada, Action::Restore, &ids[..5]).await;
    let undo = harness.act(ada, Action::Read, &ids[20..25]).await.undo.unwrap();
    while harness.store.purge(now() + TimeDelta::days(91), 10).await.unwrap() > 0 {}
    for of in [View::Inbox, View::Unread, View::Dismissed] {
        assert!(harness.sequences(ada, &view(of)).await.is_empty(), "{of:?}");
    }
    // Undoing changes of deleted items is harmless.
    assert_eq!(harness.undo(ada, undo).await.map(|changed| changed.snapshot.counts.total).unwrap_or_default(), 0);
    let new = harness.send_many(2).await;
    let counts = harness.act(ada, Action::Read, &[new[0].id]).await.snapshot.counts;
    assert_eq!((counts.total, counts.unread), (2, 1));
}

pub async fn revisions_never_decrease(harness: Harness) {
    let ada = harness.person("ada").await;
    let mut last = harness.snapshot(ada).await;
    for round in 0..4 {
        harness.relate(ada, "ADMIN", round % 2 == 0).await;
        let mut brief = harness.notification(&[AudienceKey::Everyone, role("ADMIN")], "brief");
        brief.message.expires_at = Some(now());
        let sent = harness.accept(brief).await;
        harness.act(ada, Action::Read, &[sent.id]).await;
        harness.store.expire(now(), 10).await.unwrap();
        let next = harness.snapshot(ada).await;
        assert!(next.is_newer_than(&last), "{next:?} after {last:?}");
        last = next;
    }
}
