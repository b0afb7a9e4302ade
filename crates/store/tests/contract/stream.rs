//! What live streams start and resume with.

use campanile_domain::{AudienceKey, Error, store::Missed};
use campanile_shared::{ItemState, Snapshot, View, inbox::Action};

use crate::world::{World, now, role, view};

pub async fn a_watch_names_the_keys_held_now(world: World) {
    let ada = world.person("ada").await;
    let own = [AudienceKey::Everyone, AudienceKey::Person(ada)];
    assert_eq!(world.store.watch(world.tenant, ada).await.unwrap().keys, own);
    world.relate(ada, "ADMIN", true).await;
    world.relate(ada, "USER", true).await;
    world.relate(ada, "ADMIN", false).await;
    world.send_many(2).await;
    let watch = world.store.watch(world.tenant, ada).await.unwrap();
    assert_eq!(watch.keys, [&own[..], &[role("USER")]].concat());
    assert_eq!(watch.snapshot, world.snapshot(ada).await);
    let other = world.tenant("other").await;
    assert!(matches!(world.store.watch(other, ada).await, Err(Error::NotFound)));
}

async fn missed(world: &World, person: campanile_domain::PersonId, since: Snapshot) -> Option<Missed> {
    world.store.missed(world.tenant, person, since.sequence, since.revision, 5).await.unwrap()
}

pub async fn what_was_missed_is_told_item_by_item(world: World) {
    let ada = world.person("ada").await;
    let old = world.send_many(3).await;
    let since = world.snapshot(ada).await;
    let nothing = missed(&world, ada, since).await.unwrap();
    assert_eq!((nothing.arrived.len(), nothing.changed.len(), nothing.snapshot), (0, 0, since));
    let new = world.send_many(2).await;
    world.act(ada, Action::Read, &[old[0].id, new[0].id]).await;
    world.act(ada, Action::Dismiss, &[old[1].id]).await;
    world.act(ada, Action::Restore, &[old[1].id]).await;
    world.store.see(world.tenant, ada, 4).await.unwrap();
    let told = missed(&world, ada, since).await.unwrap();
    let arrived: Vec<_> = told.arrived.iter().map(|item| (item.notification.id, item.state.read)).collect();
    assert_eq!(arrived, [(new[0].id, true), (new[1].id, false)]);
    let mut changed: Vec<_> = told.changed.iter().map(|change| (change.id, change.state)).collect();
    changed.sort_by_key(|(id, _)| *id);
    assert_eq!(changed, [(old[0].id, ItemState { read: true, ..ItemState::default() }), (old[1].id, ItemState::default())]);
    assert_eq!(told.snapshot, world.snapshot(ada).await);
    assert!(missed(&world, ada, told.snapshot).await.unwrap().arrived.is_empty());
}

pub async fn what_no_row_tells_is_a_reset(world: World) {
    let ada = world.person("ada").await;
    let start = world.snapshot(ada).await;
    world.send_many(40).await;
    assert!(missed(&world, ada, start).await.is_none(), "too many arrived");
    let since = world.snapshot(ada).await;
    world.act_on_all(ada, Action::Read, view(View::Inbox), 40).await;
    assert!(missed(&world, ada, since).await.is_none(), "a border moved");
    let since = world.snapshot(ada).await;
    let mut brief = world.notification(&[AudienceKey::Everyone], "brief");
    brief.message.expires_at = Some(now());
    let brief = world.accept(brief).await;
    let with = world.snapshot(ada).await;
    world.store.expire(now(), 10).await.unwrap();
    assert!(missed(&world, ada, with).await.is_none(), "an item went away");
    assert!(missed(&world, ada, since).await.is_none(), "an item came and went");
    world.act(ada, Action::Dismiss, &[brief.id]).await;
    let after = world.snapshot(ada).await;
    world.store.see(world.tenant, ada, 41).await.unwrap();
    assert!(missed(&world, ada, with).await.is_none(), "an item had gone before the change");
    assert!(missed(&world, ada, after).await.is_some());
    let future = Snapshot { revision: after.revision + 9, ..after };
    assert!(missed(&world, ada, future).await.is_none(), "from another history");
}
