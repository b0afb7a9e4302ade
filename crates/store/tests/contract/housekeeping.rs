//! Expiry and retention.

use campanile_domain::{
    AudienceKey, Committed, SecretHash, TenantSettings,
    delivery::{self, NewDelivery},
    secret::Kind,
    store::{Claim, Pass, PassSubject},
};
use campanile_shared::{Channel, Filter, View, inbox::Action};
use chrono::TimeDelta;

use crate::world::{World, now, role, view};

pub async fn what_expired_leaves_the_inboxes(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    world.relate(ada, "ADMIN", true).await;
    world.send(&[AudienceKey::Everyone], "stays").await;
    let mut brief = world.notification(&[role("ADMIN")], "brief");
    brief.message.expires_at = Some(now() + TimeDelta::minutes(1));
    let brief = world.accept(brief).await;
    let before = (world.snapshot(ada).await, world.snapshot(bo).await);
    world.heard().await;
    assert_eq!(world.store.expire(now(), 10).await.unwrap(), 0);
    assert!(world.heard().await.is_empty());
    assert_eq!(world.store.expire(now() + TimeDelta::minutes(1), 10).await.unwrap(), 1);
    assert_eq!(world.store.expire(now() + TimeDelta::minutes(1), 10).await.unwrap(), 0);
    let heard = world.heard().await;
    let [Committed::Withdrawn { tenant, keys }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((*tenant, &keys[..]), (world.tenant, &[role("ADMIN")][..]));
    let after = world.snapshot(ada).await;
    assert_eq!((after.counts.total, after.counts.unread), (1, 1));
    assert!(after.is_newer_than(&before.0));
    // For people who do not hold the key nothing changed: their snapshot is still valid.
    assert_eq!(world.snapshot(bo).await, before.1);
    assert_eq!(world.titles(ada, &view(View::Inbox)).await, ["stays"]);
    let brief_only = Filter { text: Some("brief".into()), ..Filter::default() };
    assert!(world.titles(ada, &brief_only).await.is_empty());
    assert!(world.store.item(world.tenant, ada, brief.id).await.unwrap().is_none());
    assert_eq!(world.act(ada, Action::Read, &[brief.id]).await.undo, None);
    // Senders still see it.
    assert!(world.store.notification(world.tenant, brief.id).await.unwrap().is_some());
}

pub async fn what_is_old_is_deleted(world: World) {
    let ada = world.person("ada").await;
    let old = world.send_many(25).await;
    let fresh = now() + TimeDelta::days(80);
    for _ in 0..3 {
        let mut new = world.notification(&[AudienceKey::Everyone], "fresh");
        new.accepted_at = fresh;
        world.accept(new).await;
    }
    let claim = Claim { scope: "s".into(), key: "k".into(), body: [0; 32], answer: None };
    let pass = Pass { kind: Kind::Session, tenant: world.tenant, subject: PassSubject::Person(ada), expires_at: now() };
    world.store.keep_pass(SecretHash([1; 32]), pass).await.unwrap();
    let mut new = world.notification(&[AudienceKey::Everyone], "claimed");
    new.accepted_at = fresh;
    world.store.accept(world.tenant, new, Some(claim)).await.unwrap();
    let at = now() + TimeDelta::days(90);
    assert_eq!(world.store.purge(at, 10).await.unwrap(), 0, "not a day too early");
    let at = at + TimeDelta::seconds(1);
    world.heard().await;
    let mut purged = Vec::new();
    for _ in 0..4 {
        purged.push(world.store.purge(at, 10).await.unwrap());
    }
    assert_eq!(purged, [10, 10, 5, 0]);
    assert_eq!(world.heard().await.into_iter().filter(|news| matches!(news, Committed::Withdrawn { .. })).count(), 3);
    assert_eq!(world.sequences(ada, &view(View::Inbox)).await, [29, 28, 27, 26]);
    assert_eq!(world.store.notifications(world.tenant, None, 100).await.unwrap().len(), 4);
    assert!(world.store.notification(world.tenant, old[0].id).await.unwrap().is_none());
    let words = Filter { text: Some("number".into()), ..Filter::default() };
    assert!(world.titles(ada, &words).await.is_empty());
    assert_eq!(world.send_many(1).await[0].sequence, 30, "sequences go on");
}

pub async fn what_was_delivered_goes_in_small_steps(world: World) {
    let mut sent = Vec::new();
    for _ in 0..2 {
        let mut new = world.notification(&[AudienceKey::Everyone], "to many");
        new.deliveries = (0..25)
            .map(|number| {
                let target = format!("https://a.example/{number}");
                let id = delivery::id(new.id, Channel::Http, &target);
                NewDelivery { id, channel: Channel::Http, target, lane: "a.example".into(), post: None, due_at: now() }
            })
            .collect();
        sent.push(world.accept(new).await.id);
    }
    let at = now() + TimeDelta::days(91);
    let left = async |id| world.store.deliveries(world.tenant, id, None, 100).await.unwrap().1.pending;
    let mut steps = Vec::new();
    loop {
        let gone = world.store.purge(at, 10).await.unwrap();
        if gone == 0 {
            break;
        }
        steps.push(gone);
        // Its deliveries are deleted first. Until then the notification is there to say whose they are.
        for id in &sent {
            assert_eq!(world.store.notification(world.tenant, *id).await.unwrap().is_none(), left(*id).await == 0);
        }
    }
    assert_eq!(steps, [10, 10, 10, 10, 10, 2]);
}

pub async fn retention_is_the_tenants_choice(world: World) {
    let ada = world.person("ada").await;
    world.send_many(3).await;
    let keep =
        |retention_days| world.store.set_tenant_settings(world.tenant, TenantSettings { retention_days, ..TenantSettings::default() });
    keep(0).await.unwrap();
    assert_eq!(world.store.purge(now() + TimeDelta::days(100_000), 10).await.unwrap(), 0);
    keep(1).await.unwrap();
    assert_eq!(world.store.purge(now() + TimeDelta::days(2), 10).await.unwrap(), 3);
    assert_eq!(world.snapshot(ada).await.counts.total, 0);
}

pub async fn what_was_touched_goes_with_it(world: World) {
    let ada = world.person("ada").await;
    let old = world.send_many(50).await;
    let ids: Vec<_> = old.iter().map(|one| one.id).collect();
    world.act(ada, Action::Read, &ids[..15]).await;
    world.act_on_all(ada, Action::Dismiss, view(View::Inbox), 30).await;
    world.act(ada, Action::Restore, &ids[..5]).await;
    let undo = world.act(ada, Action::Read, &ids[20..25]).await.undo.unwrap();
    while world.store.purge(now() + TimeDelta::days(91), 10).await.unwrap() > 0 {}
    for of in [View::Inbox, View::Unread, View::Dismissed] {
        assert!(world.sequences(ada, &view(of)).await.is_empty(), "{of:?}");
    }
    // Undoing changes of deleted items is harmless.
    assert_eq!(world.undo(ada, undo).await.map(|changed| changed.snapshot.counts.total).unwrap_or_default(), 0);
    let new = world.send_many(2).await;
    let counts = world.act(ada, Action::Read, &[new[0].id]).await.snapshot.counts;
    assert_eq!((counts.total, counts.unread), (2, 1));
}

pub async fn revisions_never_go_back(world: World) {
    let ada = world.person("ada").await;
    let mut last = world.snapshot(ada).await;
    for round in 0..4 {
        world.relate(ada, "ADMIN", round % 2 == 0).await;
        let mut brief = world.notification(&[AudienceKey::Everyone, role("ADMIN")], "brief");
        brief.message.expires_at = Some(now());
        let sent = world.accept(brief).await;
        world.act(ada, Action::Read, &[sent.id]).await;
        world.store.expire(now(), 10).await.unwrap();
        let next = world.snapshot(ada).await;
        assert!(next.is_newer_than(&last), "{next:?} after {last:?}");
        last = next;
    }
}
