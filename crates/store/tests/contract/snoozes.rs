//! Snoozed and pinned items.

use campanile_domain::{AudienceKey, StoreEvent};
use campanile_shared::{
    Filter, InboxChange, ItemState, View,
    inbox::{Action, Selection},
};
use chrono::TimeDelta;

use crate::harness::{Harness, now, view};

pub async fn a_snoozed_item_leaves_and_returns_on_top(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(3).await;
    harness.act(ada, Action::Read, &[sent[0].id]).await;
    let until = now() + TimeDelta::hours(3);
    let snoozed = harness.snooze(ada, &[sent[0].id, sent[1].id], until).await;
    assert_eq!((snoozed.snapshot.counts.total, snoozed.snapshot.counts.unread), (1, 1));
    for (of, expected) in [(View::Inbox, vec![3]), (View::Unread, vec![3]), (View::Snoozed, vec![2, 1]), (View::Dismissed, vec![])] {
        assert_eq!(harness.sequences(ada, &view(of)).await, expected, "{of:?}");
    }
    let item = harness.store.inbox_item(harness.tenant, ada, sent[0].id).await.unwrap().unwrap();
    assert_eq!(item.state, ItemState { read: true, snoozed_until: Some(until), ..ItemState::default() });
    assert_eq!(harness.store.resurface_snoozed(until - TimeDelta::seconds(1), 10).await.unwrap(), 0);
    harness.events().await;
    let before = harness.snapshot(ada).await;
    assert_eq!(harness.store.resurface_snoozed(until, 10).await.unwrap(), 2);
    let events = harness.events().await;
    let [StoreEvent::Changed { person, revision, .. }] = &events[..] else { panic!("{events:?}") };
    let missed = harness.missed(ada, before, 5).await.unwrap();
    let (changes, snapshot) = (missed.changed, missed.snapshot);
    assert_eq!((*person, *revision), (ada, snapshot.revision));
    assert_eq!((changes.len(), snapshot.counts.total, snapshot.counts.unread), (2, 3, 3));
    assert!(changes.iter().all(|change| change.state == ItemState::default()), "unread and on top: {changes:?}");
    let page = harness.page(ada, &Filter::default()).await;
    assert_eq!(page.top.iter().map(|item| item.notification.sequence).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(page.snapshot, snapshot);
    harness.act(ada, Action::Read, &[sent[0].id]).await;
    assert_eq!(harness.page(ada, &Filter::default()).await.top.len(), 1, "what was read takes its old place");
    assert_eq!(harness.store.resurface_snoozed(until, 10).await.unwrap(), 0);
}

pub async fn a_pinned_item_stays_on_top(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(30).await;
    let pinned = harness.act(ada, Action::Pin, &[sent[0].id, sent[4].id]).await;
    harness.act(ada, Action::Dismiss, &[sent[4].id]).await;
    let page = harness.store.inbox_page(harness.tenant, ada, &Filter::default(), None, 5).await.unwrap();
    assert_eq!((page.top.len(), page.top[0].notification.id, page.top[0].state.pinned), (1, sent[0].id, true));
    assert!(harness.store.inbox_page(harness.tenant, ada, &Filter::default(), page.next, 5).await.unwrap().top.is_empty());
    assert_eq!(harness.sequences(ada, &view(View::Pinned)).await, [1]);
    harness.undo(ada, pinned.undo.unwrap()).await.unwrap();
    assert!(harness.sequences(ada, &view(View::Pinned)).await.is_empty());
}

pub async fn dismissing_and_unsnoozing_end_a_snooze_and_can_be_undone(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(2).await;
    let (soon, later) = (now() + TimeDelta::hours(1), now() + TimeDelta::hours(9));
    harness.snooze(ada, &[sent[0].id, sent[1].id], soon).await;
    let moved = harness.snooze(ada, &[sent[0].id], later).await;
    let dismissed = harness.act(ada, Action::Dismiss, &[sent[0].id]).await;
    let ended = harness.act(ada, Action::Unsnooze, &[sent[1].id]).await;
    assert_eq!(harness.sequences(ada, &view(View::Inbox)).await, [2]);
    assert!(harness.snooze(ada, &[sent[0].id], later).await.undo.is_none(), "what is dismissed stays where it is");
    harness.store.resurface_snoozed(later, 10).await.unwrap();
    assert_eq!((harness.sequences(ada, &view(View::Inbox)).await, harness.page(ada, &view(View::Inbox)).await.top.len()), (vec![2], 0));
    let until = async |at: usize| harness.store.inbox_item(harness.tenant, ada, sent[at].id).await.unwrap().unwrap().state.snoozed_until;
    harness.undo(ada, ended.undo.unwrap()).await.unwrap();
    harness.undo(ada, dismissed.undo.unwrap()).await.unwrap();
    assert_eq!((until(0).await, until(1).await), (Some(later), Some(soon)));
    harness.undo(ada, moved.undo.unwrap()).await.unwrap();
    assert_eq!(until(0).await, Some(soon));
}

pub async fn snoozing_all_in_steps_has_one_undo(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(130).await;
    let until = now() + TimeDelta::days(1);
    let all = |filter| Selection::Matching { filter, up_to: 120 };
    let change = InboxChange { action: Action::Snooze, until: Some(until), items: all(Filter::default()) };
    let snoozed = harness.change(ada, change).await;
    assert_eq!(snoozed.snapshot.counts.total, 10);
    assert_eq!(harness.sequences(ada, &view(View::Snoozed)).await, (1..=120).rev().collect::<Vec<_>>());
    let dismissed = harness.change(ada, InboxChange::new(Action::Dismiss, all(view(View::Snoozed)))).await;
    assert_eq!(harness.sequences(ada, &view(View::Dismissed)).await.len(), 120);
    harness.undo(ada, dismissed.undo.unwrap()).await.unwrap();
    assert!(harness.page(ada, &view(View::Snoozed)).await.items.iter().all(|item| item.state.snoozed_until == Some(until)));
    harness.undo(ada, snoozed.undo.unwrap()).await.unwrap();
    assert_eq!(harness.snapshot(ada).await.counts.total, 130);
}

pub async fn snoozes_are_deleted_with_notification_and_person(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let sent = harness.send(&[AudienceKey::Everyone], "old").await;
    let until = now() + TimeDelta::days(300);
    harness.snooze(ada, &[sent.id], until).await;
    harness.snooze(bo, &[sent.id], until).await;
    harness.store.remove_person(harness.tenant, bo).await.unwrap();
    harness.store.purge(now() + TimeDelta::days(91), 10).await.unwrap();
    assert_eq!(harness.store.resurface_snoozed(until, 10).await.unwrap(), 0, "no row is left");
}
