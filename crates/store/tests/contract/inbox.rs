//! The items of an inbox, and what the person does with them.

use campanile_domain::{AudienceKey, Error, StoreEvent};
use campanile_shared::{
    Filter, InboxChange, ItemState, Severity, View,
    inbox::{Action, Selection},
    limits::MAX_COUNT,
};
use chrono::TimeDelta;

use crate::harness::{Harness, now, person, role, view};

const INBOX: View = View::Inbox;

pub async fn keys_decide_what_is_in_an_inbox(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "ADMIN", true).await;
    for (keys, title) in [
        (vec![AudienceKey::Everyone], "all"),
        (vec![AudienceKey::Person(ada)], "ada"),
        (vec![AudienceKey::Person(bo)], "bo"),
        (vec![role("ADMIN")], "admins"),
        (vec![role("USER")], "users"),
    ] {
        harness.send(&keys, title).await;
    }
    assert_eq!(harness.titles(ada, &view(INBOX)).await, ["admins", "ada", "all"]);
    assert_eq!(harness.titles(bo, &view(INBOX)).await, ["bo", "all"]);
    let other = harness.tenant("other").await;
    for foreign in
        [harness.store.inbox_page(other, ada, &Filter::default(), None, 9).await.err(), harness.store.snapshot(other, ada).await.err()]
    {
        assert!(matches!(foreign, Some(Error::NotFound)));
    }
    // A key that names a person of another tenant reaches no one.
    harness.store.insert_notification(other, harness.notification(&[AudienceKey::Person(ada)], "foreign"), None).await.unwrap();
    assert_eq!(harness.snapshot(ada).await.counts.total, 3);
}

pub async fn an_item_names_its_matched_keys(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "USER", true).await;
    harness.relate(ada, "ADMIN", true).await;
    harness.relate(ada, "ADMIN", false).await;
    let sent = harness.send(&[AudienceKey::Person(ada), AudienceKey::Person(bo), role("ADMIN"), role("USER")], "why").await;
    harness.relate(ada, "USER", false).await;
    harness.relate(ada, "ADMIN", true).await;
    let held = async |person| harness.store.inbox_item(harness.tenant, person, sent.id).await.unwrap().unwrap().matched_keys;
    assert_eq!(held(ada).await, [(AudienceKey::Person(ada), None), (role("USER"), Some(now()))]);
    assert_eq!(held(bo).await, [(AudienceKey::Person(bo), None)]);
    assert!(harness.page(ada, &Filter::default()).await.items[0].matched_keys.is_empty(), "only when one is asked for");
}

pub async fn a_new_holder_sees_nothing_older(harness: Harness) {
    harness.send(&[AudienceKey::Everyone], "before").await;
    let ada = harness.person("ada").await;
    harness.send(&[role("ADMIN")], "before the role").await;
    harness.relate(ada, "ADMIN", true).await;
    harness.send(&[role("ADMIN")], "with the role").await;
    harness.send(&[AudienceKey::Everyone], "after").await;
    assert_eq!(harness.titles(ada, &view(INBOX)).await, ["after", "with the role"]);
    let snapshot = harness.snapshot(ada).await;
    assert_eq!((snapshot.sequence, snapshot.counts.total, snapshot.counts.unread), (4, 2, 2));
}

pub async fn a_former_holder_keeps_older_items(harness: Harness) {
    let ada = harness.person("ada").await;
    let mut expected = Vec::new();
    for round in ["one", "two"] {
        harness.relate(ada, "ADMIN", true).await;
        harness.send(&[role("ADMIN")], round).await;
        expected.insert(0, round);
        harness.relate(ada, "ADMIN", false).await;
        let missed = harness.send(&[role("ADMIN")], "unseen").await;
        assert!(harness.store.inbox_item(harness.tenant, ada, missed.id).await.unwrap().is_none());
        assert_eq!(harness.titles(ada, &view(INBOX)).await, expected);
    }
}

pub async fn an_item_for_two_keys_comes_once(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.relate(ada, "ADMIN", true).await;
    let keys = [AudienceKey::Everyone, AudienceKey::Person(ada), role("ADMIN")];
    for _ in 0..100 {
        harness.send(&keys, "thrice").await;
    }
    assert_eq!(harness.sequences(ada, &view(INBOX)).await, (1..=100).rev().collect::<Vec<_>>());
    assert_eq!(harness.snapshot(ada).await.counts.total, 100);
}

pub async fn pages_are_stable_while_items_arrive(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(25).await;
    let mut before = None;
    let mut found = Vec::new();
    loop {
        let page = harness.store.inbox_page(harness.tenant, ada, &Filter::default(), before, 10).await.unwrap();
        found.extend(page.items.iter().map(|item| item.notification.sequence));
        harness.send_many(3).await;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, (1..=25).rev().collect::<Vec<_>>());
    let exact = harness.store.inbox_page(harness.tenant, ada, &Filter::default(), Some(11), 10).await.unwrap();
    assert_eq!((exact.items.len(), exact.next), (10, None));
}

pub async fn filters_select_severity_and_component(harness: Harness) {
    let ada = harness.person("ada").await;
    for (at, (severity, component)) in
        [(Severity::Error, Some("Disk")), (Severity::Warning, Some("disk")), (Severity::Error, None), (Severity::Success, Some("Disk"))]
            .into_iter()
            .enumerate()
    {
        let mut new = harness.notification(&[AudienceKey::Everyone], &at.to_string());
        new.message.severity = severity;
        new.message.component = component.map(str::to_owned);
        harness.accept(new).await;
    }
    for (severity, component, expected) in [
        (vec![], None, vec!["3", "2", "1", "0"]),
        (vec![Severity::Error], None, vec!["2", "0"]),
        (vec![Severity::Warning, Severity::Success], None, vec!["3", "1"]),
        (vec![], Some("Disk"), vec!["3", "0"]),
        (vec![Severity::Error], Some("Disk"), vec!["0"]),
        (vec![], Some("Network"), vec![]),
    ] {
        let filter = Filter { severity, component: component.map(str::to_owned), ..Filter::default() };
        assert_eq!(harness.titles(ada, &filter).await, expected, "{filter:?}");
    }
    let counts = harness.snapshot(ada).await.counts;
    let by = counts.by_severity;
    assert_eq!((counts.unread, by.information, by.success, by.warning, by.error), (4, 0, 1, 1, 2));
}

pub async fn marks_are_set_and_removed(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(3).await;
    harness.events().await;
    let read = harness.act(ada, Action::Read, &[sent[1].id]).await;
    assert_eq!((read.snapshot.counts.total, read.snapshot.counts.unread, read.snapshot.revision), (3, 2, 1));
    let events = harness.events().await;
    let [StoreEvent::Changed { tenant, person, revision }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*tenant, *person, *revision), (harness.tenant, ada, read.snapshot.revision));
    harness.act(ada, Action::Dismiss, &[sent[1].id, sent[2].id, sent[2].id]).await;
    for (of, expected) in [(INBOX, vec![1]), (View::Unread, vec![1]), (View::Dismissed, vec![3, 2])] {
        assert_eq!(harness.sequences(ada, &view(of)).await, expected, "{of:?}");
    }
    let item = harness.store.inbox_item(harness.tenant, ada, sent[1].id).await.unwrap().unwrap();
    assert_eq!((item.notification.id, item.state), (sent[1].id, ItemState { read: true, dismissed: true, ..ItemState::default() }));
    harness.act(ada, Action::Restore, &[sent[1].id]).await;
    harness.act(ada, Action::Unread, &[sent[1].id]).await;
    assert_eq!(harness.sequences(ada, &view(View::Unread)).await, [2, 1]);
}

pub async fn unknown_and_foreign_ids_are_skipped(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let foreign = harness.send(&[AudienceKey::Person(bo)], "bo").await;
    let own = harness.send(&[AudienceKey::Person(ada)], "ada").await;
    let nothing = harness.act(ada, Action::Read, &[foreign.id, harness.id()]).await;
    assert_eq!((nothing.undo, nothing.snapshot.revision), (None, 0));
    let some = harness.act(ada, Action::Read, &[foreign.id, own.id]).await;
    assert_eq!((some.snapshot.counts.unread, some.snapshot.revision), (0, 1));
    assert_eq!(harness.snapshot(bo).await.counts.unread, 1);
    let other = harness.tenant("other").await;
    let change = InboxChange::new(Action::Read, Selection::Ids(vec![own.id]));
    assert!(matches!(harness.store.change_items(other, ada, change, harness.id(), now()).await, Err(Error::NotFound)));
}

pub async fn a_change_without_effect_keeps_the_revision(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(30).await;
    harness.act_on_all(ada, Action::Read, view(INBOX), 30).await;
    let before = harness.snapshot(ada).await;
    harness.events().await;
    for changed in [
        harness.act(ada, Action::Read, &[sent[0].id]).await,
        harness.act(ada, Action::Read, &[]).await,
        harness.act_on_all(ada, Action::Read, view(INBOX), 30).await,
        harness.act_on_all(ada, Action::Unread, view(View::Unread), 30).await,
        harness.act_on_all(ada, Action::Restore, view(View::Dismissed), 30).await,
        harness.act_on_all(ada, Action::Dismiss, Filter { component: Some("none".into()), ..view(INBOX) }, 30).await,
    ] {
        assert_eq!((changed.undo, changed.snapshot), (None, before));
    }
    assert!(harness.events().await.is_empty());
}

pub async fn seeing_clears_the_unseen_count(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(4).await;
    assert_eq!(harness.snapshot(ada).await.counts.unseen, 4);
    harness.events().await;
    let see = |up_to| harness.store.mark_seen(harness.tenant, ada, up_to);
    let seen = see(3).await.unwrap();
    assert_eq!((seen.counts.unread, seen.counts.unseen, seen.revision), (4, 1, 1));
    assert!(matches!(&harness.events().await[..], [StoreEvent::Changed { revision, .. }] if *revision == seen.revision));
    assert_eq!(see(2).await.unwrap(), seen);
    assert!(harness.events().await.is_empty());
    // No one can have seen future notifications.
    assert_eq!(see(99).await.unwrap().counts.unseen, 0);
    harness.send_many(1).await;
    assert_eq!(harness.snapshot(ada).await.counts.unseen, 1);
    assert_eq!(harness.page(ada, &view(INBOX)).await.seen_up_to, 4);
}

pub async fn changing_all_spares_later_arrivals(harness: Harness) {
    let ada = harness.person("ada").await;
    for (count, action) in [(3, Action::Read), (50, Action::Read)] {
        let known = harness.send_many(count).await.last().unwrap().sequence;
        let unknown = harness.send_many(1).await[0].sequence;
        let before = harness.snapshot(ada).await;
        let changed = harness.act_on_all(ada, action, view(View::Unread), known).await;
        assert_eq!(changed.snapshot.counts.unread, 1);
        assert_eq!(harness.sequences(ada, &view(View::Unread)).await, [unknown]);
        // Few changes are listed one by one, many are not.
        let missed = harness.missed(ada, before, 100).await;
        assert_eq!(missed.map(|missed| missed.changed.len()), (count == 3).then_some(3));
    }
    let all = harness.act_on_all(ada, Action::Dismiss, view(INBOX), u64::MAX).await;
    assert_eq!(all.snapshot.counts.total, 0);
}

pub async fn dismissed_and_unread_marks_mix(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send_many(40).await;
    harness.act_on_all(ada, Action::Dismiss, view(INBOX), 20).await;
    harness.act_on_all(ada, Action::Read, view(INBOX), 40).await;
    let states: Vec<_> = harness.page(ada, &view(View::Dismissed)).await.items.iter().map(|item| item.state.read).collect();
    assert_eq!(states, [false; 20]);
    harness.act_on_all(ada, Action::Restore, view(View::Dismissed), 40).await;
    assert_eq!(harness.sequences(ada, &view(View::Unread)).await, (1..=20).rev().collect::<Vec<_>>());
    assert_eq!(harness.snapshot(ada).await.counts.total, 40);
}

pub async fn a_restored_item_returns_to_its_position(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(60).await;
    harness.act_on_all(ada, Action::Dismiss, view(INBOX), 50).await;
    let restored = harness.act(ada, Action::Restore, &[sent[4].id, sent[44].id]).await;
    assert_eq!((restored.snapshot.counts.total, restored.snapshot.counts.unread), (12, 12));
    let expected: Vec<u64> = (51..=60).rev().chain([45, 5]).collect();
    assert_eq!(harness.sequences(ada, &view(INBOX)).await, expected);
    assert_eq!(harness.sequences(ada, &view(View::Dismissed)).await.len(), 48);
}

pub async fn a_filtered_change_in_steps_has_one_undo(harness: Harness) {
    let ada = harness.person("ada").await;
    for at in 0..130 {
        let mut new = harness.notification(&[AudienceKey::Everyone], "x");
        new.message.severity = if at % 2 == 0 { Severity::Error } else { Severity::Warning };
        harness.accept(new).await;
    }
    let errors = Filter { severity: vec![Severity::Error], ..view(INBOX) };
    let changed = harness.act_on_all(ada, Action::Dismiss, errors.clone(), 120).await;
    assert_eq!(changed.snapshot.counts.total, 70);
    assert_eq!(harness.sequences(ada, &errors).await, [129, 127, 125, 123, 121]);
    let back = harness.undo(ada, changed.undo.unwrap()).await.unwrap();
    assert_eq!(back.snapshot.counts.total, 130);
    assert_eq!(harness.sequences(ada, &view(INBOX)).await.len(), 130);
}

pub async fn an_undo_works_once_and_in_time(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let sent = harness.send_many(2).await;
    let undo = harness.act(ada, Action::Dismiss, &[sent[0].id]).await.undo.unwrap();
    let try_at = |person, minutes| harness.store.undo_change(harness.tenant, person, undo, now() + TimeDelta::minutes(minutes));
    assert!(matches!(try_at(bo, 1).await, Err(Error::NotFound)));
    assert!(matches!(try_at(ada, 11).await, Err(Error::NotFound)));
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.undo_change(other, ada, undo, now()).await, Err(Error::NotFound)));
    harness.events().await;
    let undone = try_at(ada, 10).await.unwrap();
    assert_eq!((undone.undo, undone.snapshot.counts.total, undone.snapshot.revision), (None, 2, 2));
    assert!(matches!(&harness.events().await[..], [StoreEvent::Changed { revision, .. }] if *revision == undone.snapshot.revision));
    assert!(matches!(try_at(ada, 1).await, Err(Error::NotFound)));
}

pub async fn undoing_all_spares_earlier_and_later_changes(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(60).await;
    harness.act(ada, Action::Dismiss, &[sent[0].id, sent[1].id]).await;
    harness.act(ada, Action::Read, &[sent[2].id]).await;
    let all = harness.act_on_all(ada, Action::Dismiss, view(INBOX), 60).await;
    harness.act(ada, Action::Read, &[sent[3].id]).await;
    harness.act(ada, Action::Restore, &[sent[1].id, sent[4].id]).await;
    harness.undo(ada, all.undo.unwrap()).await.unwrap();
    assert_eq!(harness.sequences(ada, &view(View::Dismissed)).await, [1]);
    let expected: Vec<u64> = (1..=60).rev().filter(|sequence| ![1, 3, 4].contains(sequence)).collect();
    assert_eq!(harness.sequences(ada, &view(View::Unread)).await, expected);
}

pub async fn counts_stop_at_the_cap(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = harness.send_many(MAX_COUNT as usize + 50).await;
    let counts = harness.snapshot(ada).await.counts;
    assert_eq!((counts.total, counts.unread, counts.unseen, counts.by_severity.information), (MAX_COUNT, MAX_COUNT, MAX_COUNT, MAX_COUNT));
    let counts = harness.act_on_all(ada, Action::Read, view(INBOX), MAX_COUNT.into()).await.snapshot.counts;
    assert_eq!((counts.total, counts.unread), (MAX_COUNT, 50));
    // Two unread items below a thousand read ones are still counted.
    let counts = harness.act(ada, Action::Unread, &[sent[0].id, sent[9].id]).await.snapshot.counts;
    assert_eq!((counts.total, counts.unread), (MAX_COUNT, 52));
    let counts = harness.act_on_all(ada, Action::Dismiss, view(INBOX), 51).await.snapshot.counts;
    assert_eq!((counts.total, counts.unread), (MAX_COUNT - 1, 50));
}

pub async fn other_inboxes_do_not_change(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let other = harness.tenant("other").await;
    let stranger = harness.store.create_person(other, person("ada"), now()).await.unwrap();
    harness.store.insert_notification(other, harness.notification(&[AudienceKey::Everyone], "other"), None).await.unwrap();
    harness.send_many(30).await;
    let before = (harness.snapshot(bo).await, harness.store.snapshot(other, stranger).await.unwrap());
    harness.act_on_all(ada, Action::Dismiss, view(INBOX), 30).await;
    harness.store.mark_seen(harness.tenant, ada, 30).await.unwrap();
    assert_eq!((harness.snapshot(bo).await, harness.store.snapshot(other, stranger).await.unwrap()), before);
}
