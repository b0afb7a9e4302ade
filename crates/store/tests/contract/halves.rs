//! Broadcasts and targeted notifications of an inbox, each on their own.

use campanile_domain::{
    AudienceKey, PersonId,
    store::{DatedItem, Half, HalfQuery},
};
use campanile_shared::{
    Change, Filter, View,
    inbox::{Action, Selection},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::world::{World, now, role};

async fn sequences(world: &World, person: PersonId, query: HalfQuery) -> Vec<u64> {
    let (found, next) = world.store.half(world.tenant, person, query, 100).await.unwrap();
    assert_eq!(next, None);
    assert_eq!(world.store.count_half(world.tenant, person, query, u32::MAX).await.unwrap() as usize, found.len(), "{query:?}");
    found.iter().map(|dated| dated.item.notification.sequence).collect()
}

pub async fn a_half_holds_what_is_filed_under_its_keys(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    assert!(sequences(&world, ada, HalfQuery::all(Half::Others)).await.is_empty());
    world.relate(ada, "ADMIN", true).await;
    for keys in [
        vec![AudienceKey::Person(ada)],
        vec![AudienceKey::Everyone],
        vec![role("ADMIN")],
        vec![AudienceKey::Everyone, AudienceKey::Person(ada), role("ADMIN")],
        vec![AudienceKey::Person(ada), role("ADMIN")],
        vec![AudienceKey::Person(bo)],
    ] {
        world.send(&keys, "x").await;
    }
    assert_eq!(sequences(&world, ada, HalfQuery::all(Half::Everyone)).await, [4, 2]);
    assert_eq!(sequences(&world, ada, HalfQuery::all(Half::Others)).await, [5, 3, 1]);
    assert_eq!(sequences(&world, bo, HalfQuery::all(Half::Others)).await, [6]);
    let other = world.tenant("other").await;
    assert!(world.store.half(other, ada, HalfQuery::all(Half::Everyone), 10).await.is_err());
}

pub async fn a_half_is_cut_and_counted(world: World) {
    let ada = world.person("ada").await;
    for _ in 0..30 {
        world.send(&[AudienceKey::Everyone], "banner").await;
        world.send(&[AudienceKey::Person(ada)], "own").await;
    }
    let banners = HalfQuery::all(Half::Everyone);
    let all: Vec<u64> = (0..30).rev().map(|at| at * 2 + 1).collect();
    assert_eq!(sequences(&world, ada, banners).await, all);
    let cut = HalfQuery { above: Some(21), before: Some(31), ..banners };
    assert_eq!(sequences(&world, ada, cut).await, [29, 27, 25, 23]);
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let (page, next) = world.store.half(world.tenant, ada, HalfQuery { before, ..banners }, 7).await.unwrap();
        found.extend(page.iter().map(|dated| dated.item.notification.sequence));
        before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(found, all);
    let (skipped, next) = world.store.half(world.tenant, ada, HalfQuery { skip: 28, ..banners }, 7).await.unwrap();
    assert_eq!((skipped.len(), next), (2, None));
    for (most, expected) in [(1, 1), (29, 29), (30, 30), (31, 30)] {
        assert_eq!(world.store.count_half(world.tenant, ada, banners, most).await.unwrap(), expected);
    }
    // Read all, then dismiss and restore single ones: the views are those of the whole inbox.
    world.act_on_all(ada, Action::Read, Filter::default(), 40).await;
    let found = world.store.half(world.tenant, ada, HalfQuery { skip: 29, ..banners }, 1).await.unwrap().0;
    world.act(ada, Action::Dismiss, &[found[0].item.notification.id]).await;
    let view = |view| HalfQuery { view: Some(view), ..banners };
    assert_eq!(sequences(&world, ada, view(View::Unread)).await, (20..30).rev().map(|at| at * 2 + 1).collect::<Vec<_>>());
    assert_eq!(sequences(&world, ada, view(View::Dismissed)).await, [1]);
    assert_eq!(sequences(&world, ada, view(View::Inbox)).await.len(), 29);
    assert_eq!(sequences(&world, ada, banners).await, all);
}

pub async fn moments_are_those_of_single_items(world: World) {
    let ada = world.person("ada").await;
    let sent = world.send_many(2).await;
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    let act = async |action, minutes| {
        let change = Change::new(action, Selection::Ids(vec![sent[0].id]));
        let changed = world.store.change(world.tenant, ada, change, world.id(), at(minutes)).await.unwrap();
        assert!(changed.undo.is_some(), "{action:?} changed nothing");
    };
    let item = async |sequence: u64| -> DatedItem {
        let query = HalfQuery { above: Some(sequence - 1), before: Some(sequence + 1), ..HalfQuery::all(Half::Everyone) };
        world.store.half(world.tenant, ada, query, 1).await.unwrap().0.remove(0)
    };
    let moments = async |sequence| -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let found = item(sequence).await;
        (found.read_at, found.dismissed_at)
    };
    assert_eq!(moments(1).await, (None, None));
    act(Action::Read, 1).await;
    act(Action::Dismiss, 2).await;
    assert_eq!(moments(1).await, (Some(at(1)), Some(at(2))));
    // The first reading counts, and the last dismissal.
    act(Action::Unread, 3).await;
    act(Action::Restore, 4).await;
    act(Action::Read, 5).await;
    act(Action::Dismiss, 6).await;
    assert_eq!(moments(1).await, (Some(at(1)), Some(at(6))));
    world.act_on_all(ada, Action::Read, Filter::default(), 2).await;
    let found = item(2).await;
    assert!(found.item.state.read && found.read_at.is_some());
    // The times are deleted with the items.
    assert_eq!(world.store.purge(now() + TimeDelta::days(91), 10).await.unwrap(), 2);
    assert!(world.store.half(world.tenant, ada, HalfQuery::all(Half::Everyone), 10).await.unwrap().0.is_empty());
}

pub async fn moments_of_all_at_once_are_those_of_the_first_that_reached_an_item(world: World) {
    let ada = world.person("ada").await;
    world.send_many(30).await;
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    let all = async |action, view, up_to, minutes| {
        let items = Selection::Matching { filter: Filter { view, ..Filter::default() }, up_to };
        world.store.change(world.tenant, ada, Change::new(action, items), world.id(), at(minutes)).await.unwrap();
    };
    // Too many to list one by one: none of them gets a row.
    all(Action::Read, View::Inbox, 10, 1).await;
    all(Action::Read, View::Inbox, 30, 2).await;
    all(Action::Dismiss, View::Inbox, 20, 3).await;
    let (found, _) = world.store.half(world.tenant, ada, HalfQuery::all(Half::Everyone), 100).await.unwrap();
    assert_eq!(found.len(), 30);
    for dated in found {
        let sequence = dated.item.notification.sequence;
        let read_at = at(if sequence <= 10 { 1 } else { 2 });
        let dismissed_at = (sequence <= 20).then(|| at(3));
        assert_eq!((dated.read_at, dated.dismissed_at), (Some(read_at), dismissed_at), "{sequence}");
    }
}
