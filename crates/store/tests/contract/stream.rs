//! What live streams start and resume with.

use campanile_domain::{AudienceKey, Error};
use campanile_shared::{ItemState, Snapshot, View, inbox::Action};

use crate::harness::{Harness, now, role, view};

pub async fn a_stream_starts_with_the_current_keys(harness: Harness) {
    let ada = harness.person("ada").await;
    let own = [AudienceKey::Everyone, AudienceKey::Person(ada)];
    assert_eq!(harness.store.stream_start(harness.tenant, ada).await.unwrap().keys, own);
    harness.relate(ada, "ADMIN", true).await;
    harness.relate(ada, "USER", true).await;
    harness.relate(ada, "ADMIN", false).await;
    harness.send_many(2).await;
    let start = harness.store.stream_start(harness.tenant, ada).await.unwrap();
    assert_eq!(start.keys, [&own[..], &[role("USER")]].concat());
    assert_eq!(start.snapshot, harness.snapshot(ada).await);
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.stream_start(other, ada).await, Err(Error::NotFound)));
}

pub async fn missed_changes_are_listed_item_by_item(harness: Harness) {
    let ada = harness.person("ada").await;
    let old = harness.send_many(3).await;
    let since = harness.snapshot(ada).await;
    let nothing = harness.missed(ada, since, 5).await.unwrap();
    assert_eq!((nothing.arrived.len(), nothing.changed.len(), nothing.snapshot), (0, 0, since));
    let new = harness.send_many(2).await;
    harness.act(ada, Action::Read, &[old[0].id, new[0].id]).await;
    harness.act(ada, Action::Dismiss, &[old[1].id]).await;
    harness.act(ada, Action::Restore, &[old[1].id]).await;
    harness.store.mark_seen(harness.tenant, ada, 4).await.unwrap();
    let missed = harness.missed(ada, since, 5).await.unwrap();
    let arrived: Vec<_> = missed.arrived.iter().map(|item| (item.notification.id, item.state.read)).collect();
    assert_eq!(arrived, [(new[0].id, true), (new[1].id, false)]);
    let mut changed: Vec<_> = missed.changed.iter().map(|change| (change.id, change.state)).collect();
    changed.sort_by_key(|(id, _)| *id);
    assert_eq!(changed, [(old[0].id, ItemState { read: true, ..ItemState::default() }), (old[1].id, ItemState::default())]);
    assert_eq!(missed.snapshot, harness.snapshot(ada).await);
    assert!(harness.missed(ada, missed.snapshot, 5).await.unwrap().arrived.is_empty());
}

pub async fn unlisted_changes_reset_the_stream(harness: Harness) {
    let ada = harness.person("ada").await;
    let start = harness.snapshot(ada).await;
    harness.send_many(40).await;
    assert!(harness.missed(ada, start, 5).await.is_none(), "too many arrived");
    let since = harness.snapshot(ada).await;
    harness.act_on_all(ada, Action::Read, view(View::Inbox), 40).await;
    assert!(harness.missed(ada, since, 5).await.is_none(), "a watermark moved");
    let since = harness.snapshot(ada).await;
    let mut brief = harness.notification(&[AudienceKey::Everyone], "brief");
    brief.message.expires_at = Some(now());
    let brief = harness.accept(brief).await;
    let with = harness.snapshot(ada).await;
    harness.store.expire(now(), 10).await.unwrap();
    assert!(harness.missed(ada, with, 5).await.is_none(), "an item was withdrawn");
    assert!(harness.missed(ada, since, 5).await.is_none(), "an item arrived and was withdrawn");
    harness.act(ada, Action::Dismiss, &[brief.id]).await;
    let after = harness.snapshot(ada).await;
    harness.store.mark_seen(harness.tenant, ada, 41).await.unwrap();
    assert!(harness.missed(ada, with, 5).await.is_none(), "an item was withdrawn before the change");
    assert!(harness.missed(ada, after, 5).await.is_some());
    let restored = Snapshot { generation: after.generation + 1, ..after };
    assert!(harness.missed(ada, restored, 5).await.is_none(), "of another generation");
    let future = Snapshot { revision: after.revision + 9, ..after };
    assert!(harness.missed(ada, future, 5).await.is_none(), "from another content");
}
