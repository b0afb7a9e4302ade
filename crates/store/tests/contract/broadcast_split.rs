//! Broadcasts and targeted notifications of an inbox, each on their own.

use campanile_domain::{
    AudienceKey, PersonId,
    model::inbox_item::{BroadcastFilter, BroadcastQuery, DatedItem},
};
use campanile_shared::{
    Filter, InboxChange, View,
    inbox::{Action, Selection},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::harness::{Harness, now, role};

async fn sequences(harness: &Harness, person: PersonId, query: BroadcastQuery) -> Vec<u64> {
    let (found, next) = harness.store.items_by_broadcast(harness.tenant, person, query, 100).await.unwrap();
    assert_eq!(next, None);
    assert_eq!(harness.store.count_by_broadcast(harness.tenant, person, query, u32::MAX).await.unwrap() as usize, found.len(), "{query:?}");
    found.iter().map(|dated| dated.item.notification.sequence).collect()
}

pub async fn broadcasts_and_targeted_items_are_split_by_key(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    assert!(sequences(&harness, ada, BroadcastQuery::all(BroadcastFilter::Targeted)).await.is_empty());
    harness.relate(ada, "ADMIN", true).await;
    for keys in [
        vec![AudienceKey::Person(ada)],
        vec![AudienceKey::Everyone],
        vec![role("ADMIN")],
        vec![AudienceKey::Everyone, AudienceKey::Person(ada), role("ADMIN")],
        vec![AudienceKey::Person(ada), role("ADMIN")],
        vec![AudienceKey::Person(bo)],
    ] {
        harness.send(&keys, "x").await;
    }
    assert_eq!(sequences(&harness, ada, BroadcastQuery::all(BroadcastFilter::Broadcast)).await, [4, 2]);
    assert_eq!(sequences(&harness, ada, BroadcastQuery::all(BroadcastFilter::Targeted)).await, [5, 3, 1]);
    assert_eq!(sequences(&harness, bo, BroadcastQuery::all(BroadcastFilter::Targeted)).await, [6]);
    let other = harness.tenant("other").await;
    assert!(harness.store.items_by_broadcast(other, ada, BroadcastQuery::all(BroadcastFilter::Broadcast), 10).await.is_err());
}

pub async fn a_split_is_paged_and_counted(harness: Harness) {
    let ada = harness.person("ada").await;
    for _ in 0..30 {
        harness.send(&[AudienceKey::Everyone], "banner").await;
        harness.send(&[AudienceKey::Person(ada)], "own").await;
    }
    let banners = BroadcastQuery::all(BroadcastFilter::Broadcast);
    let all: Vec<u64> = (0..30).rev().map(|at| at * 2 + 1).collect();
    assert_eq!(sequences(&harness, ada, banners).await, all);
    let cut = BroadcastQuery { above: Some(21), before: Some(31), ..banners };
    assert_eq!(sequences(&harness, ada, cut).await, [29, 27, 25, 23]);
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let (page, next) = harness.store.items_by_broadcast(harness.tenant, ada, BroadcastQuery { before, ..banners }, 7).await.unwrap();
        found.extend(page.iter().map(|dated| dated.item.notification.sequence));
        before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(found, all);
    let (skipped, next) = harness.store.items_by_broadcast(harness.tenant, ada, BroadcastQuery { skip: 28, ..banners }, 7).await.unwrap();
    assert_eq!((skipped.len(), next), (2, None));
    for (most, expected) in [(1, 1), (29, 29), (30, 30), (31, 30)] {
        assert_eq!(harness.store.count_by_broadcast(harness.tenant, ada, banners, most).await.unwrap(), expected);
    }
    // Read all, then dismiss and restore single ones: the views are those of the whole inbox.
    harness.act_on_all(ada, Action::Read, Filter::default(), 40).await;
    let found = harness.store.items_by_broadcast(harness.tenant, ada, BroadcastQuery { skip: 29, ..banners }, 1).await.unwrap().0;
    harness.act(ada, Action::Dismiss, &[found[0].item.notification.id]).await;
    let view = |view| BroadcastQuery { view: Some(view), ..banners };
    assert_eq!(sequences(&harness, ada, view(View::Unread)).await, (20..30).rev().map(|at| at * 2 + 1).collect::<Vec<_>>());
    assert_eq!(sequences(&harness, ada, view(View::Dismissed)).await, [1]);
    assert_eq!(sequences(&harness, ada, view(View::Inbox)).await.len(), 29);
    assert_eq!(sequences(&harness, ada, banners).await, all);
}

pub async fn read_times_of_single_items(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(2).await;
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    let act = async |action, minutes| {
        let change = InboxChange::new(action, Selection::Ids(vec![sent[0].id]));
        let changed = harness.store.change_items(harness.tenant, ada, change, harness.id(), at(minutes)).await.unwrap();
        assert!(changed.undo.is_some(), "{action:?} changed nothing");
    };
    let item = async |sequence: u64| -> DatedItem {
        let query =
            BroadcastQuery { above: Some(sequence - 1), before: Some(sequence + 1), ..BroadcastQuery::all(BroadcastFilter::Broadcast) };
        harness.store.items_by_broadcast(harness.tenant, ada, query, 1).await.unwrap().0.remove(0)
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
    // Other marks are no dismissals.
    act(Action::Pin, 7).await;
    harness.snooze(ada, &[sent[0].id], at(9)).await;
    assert_eq!(moments(1).await, (Some(at(1)), Some(at(6))));
    harness.act_on_all(ada, Action::Read, Filter::default(), 2).await;
    let found = item(2).await;
    assert!(found.item.state.read && found.read_at.is_some());
    // The times are deleted with the items.
    assert_eq!(harness.store.purge(now() + TimeDelta::days(91), 10).await.unwrap(), 2);
    assert!(
        harness
            .store
            .items_by_broadcast(harness.tenant, ada, BroadcastQuery::all(BroadcastFilter::Broadcast), 10)
            .await
            .unwrap()
            .0
            .is_empty()
    );
}

pub async fn read_times_of_bulk_changes(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(30).await;
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    let all = async |action, view, up_to, minutes| {
        let items = Selection::Matching { filter: Filter { view, ..Filter::default() }, up_to };
        harness.store.change_items(harness.tenant, ada, InboxChange::new(action, items), harness.id(), at(minutes)).await.unwrap();
    };
    // Too many to list one by one: none of them gets a row.
    all(Action::Read, View::Inbox, 10, 1).await;
    all(Action::Read, View::Inbox, 30, 2).await;
    all(Action::Dismiss, View::Inbox, 20, 3).await;
    let (found, _) =
        harness.store.items_by_broadcast(harness.tenant, ada, BroadcastQuery::all(BroadcastFilter::Broadcast), 100).await.unwrap();
    assert_eq!(found.len(), 30);
    for dated in found {
        let sequence = dated.item.notification.sequence;
        let read_at = at(if sequence <= 10 { 1 } else { 2 });
        let dismissed_at = (sequence <= 20).then(|| at(3));
        assert_eq!((dated.read_at, dated.dismissed_at), (Some(read_at), dismissed_at), "{sequence}");
    }
}
