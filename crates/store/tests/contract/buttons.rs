//! Clicks on buttons, and how senders see them.

use campanile_domain::{AudienceKey, Error, StoreEvent, model::idempotency::Accepted};
use campanile_shared::{Button, inbox::Action, live::ItemChange};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::harness::{Harness, now, person, role};

/// A notification with two buttons, the second with event data.
async fn with_buttons(harness: &Harness, keys: &[AudienceKey]) -> Accepted {
    let button =
        |label: &str, data: Option<&str>| Button { label: label.into(), primary: false, link: None, data: data.map(str::to_owned) };
    let mut new = harness.notification(keys, "answer me");
    new.message.buttons = vec![button("No", None), button("Yes", Some(r#"{"a":1}"#))];
    harness.accept(new).await
}

pub async fn the_first_click_counts(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let sent = with_buttons(&harness, &[AudienceKey::Everyone]).await;
    let press = |person, button, at| harness.store.record_click(harness.tenant, person, sent.id, button, at);
    let first = press(ada, 1, now()).await.unwrap();
    assert_eq!((first.notification.id, &first.button_clicks[..]), (sent.id, &[(1, now())][..]));
    let again = press(ada, 1, now() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(again.button_clicks, [(1, now())]);
    let both = press(ada, 0, now() + TimeDelta::hours(2)).await.unwrap();
    assert_eq!(both.button_clicks, [(0, now() + TimeDelta::hours(2)), (1, now())]);
    let item = |person| harness.store.inbox_item(harness.tenant, person, sent.id);
    assert_eq!(item(ada).await.unwrap().unwrap().button_clicks, both.button_clicks);
    assert!(item(bo).await.unwrap().unwrap().button_clicks.is_empty());
    // A click neither reads nor dismisses the item.
    assert_eq!(item(ada).await.unwrap().unwrap().state, first.state);
    assert_eq!(harness.snapshot(ada).await.counts.unread, 1);
}

pub async fn clicks_are_reported_to_other_tabs(harness: Harness) {
    let ada = harness.person("ada").await;
    let sent = with_buttons(&harness, &[AudienceKey::Everyone]).await;
    harness.act(ada, Action::Read, &[sent.id]).await;
    let before = harness.snapshot(ada).await;
    harness.events().await;
    let item = harness.store.record_click(harness.tenant, ada, sent.id, 0, now()).await.unwrap();
    let expected = [ItemChange { id: sent.id, state: item.state }];
    let events = harness.events().await;
    let snapshot = harness.snapshot(ada).await;
    assert!(matches!(&events[..], [StoreEvent::Changed { revision, .. }] if *revision == snapshot.revision), "{events:?}");
    assert_eq!((snapshot.is_newer_than(&before), snapshot.counts), (true, before.counts));
    let missed = harness.missed(ada, before, 5).await.unwrap();
    assert_eq!(missed.changed, expected);
    // A second click reports nothing new.
    harness.store.record_click(harness.tenant, ada, sent.id, 0, now()).await.unwrap();
    assert!(harness.events().await.is_empty());
    assert_eq!(harness.snapshot(ada).await, snapshot);
}

pub async fn only_own_items_have_buttons_to_click(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "ADMIN", true).await;
    let sent = with_buttons(&harness, &[role("ADMIN")]).await;
    let plain = harness.send(&[AudienceKey::Everyone], "no buttons").await;
    let other = harness.tenant("other").await;
    let stranger = harness.store.create_person(other, person("ada"), now()).await.unwrap();
    for (tenant, person, id, button) in [
        (harness.tenant, bo, sent.id, 0),
        (harness.tenant, ada, sent.id, 2),
        (harness.tenant, ada, sent.id, u32::MAX),
        (harness.tenant, ada, plain.id, 0),
        (harness.tenant, ada, Uuid::from_u128(99), 0),
        (other, stranger, sent.id, 0),
        (other, ada, sent.id, 0),
        (harness.tenant, stranger, sent.id, 0),
    ] {
        let refused = harness.store.record_click(tenant, person, id, button, now()).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{tenant:?} {person:?} {id} {button}");
    }
    assert!(harness.store.button_clicks(harness.tenant, sent.id, None, 10).await.unwrap().is_empty());
}

pub async fn clicks_are_listed_page_by_page(harness: Harness) {
    let mut people = Vec::new();
    for login in ["ada", "bo", "cy"] {
        people.push(harness.person(login).await);
    }
    let sent = with_buttons(&harness, &[AudienceKey::Everyone]).await;
    let another = with_buttons(&harness, &[AudienceKey::Everyone]).await;
    harness.store.record_click(harness.tenant, people[0], another.id, 0, now()).await.unwrap();
    for (minutes, (person, button)) in people.iter().zip([1, 0, 1]).enumerate() {
        harness.store.record_click(harness.tenant, *person, sent.id, button, now() + TimeDelta::minutes(minutes as i64)).await.unwrap();
    }
    let first = harness.store.button_clicks(harness.tenant, sent.id, None, 2).await.unwrap();
    let rest = harness.store.button_clicks(harness.tenant, sent.id, first.next, 2).await.unwrap();
    let expected: Vec<_> = first
        .iter()
        .chain(rest.iter())
        .map(|press| (press.person.as_str(), press.label.as_str(), press.data.as_deref(), (press.pressed_at - now()).num_minutes()))
        .collect();
    assert_eq!(expected, [("ada", "Yes", Some(r#"{"a":1}"#), 0), ("bo", "No", None, 1), ("cy", "Yes", Some(r#"{"a":1}"#), 2)]);
    let other = harness.tenant("other").await;
    assert!(harness.store.button_clicks(other, sent.id, None, 10).await.unwrap().is_empty());
}

pub async fn clicks_are_deleted_with_notification_and_person(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let sent = with_buttons(&harness, &[AudienceKey::Everyone]).await;
    for person in [ada, bo] {
        harness.store.record_click(harness.tenant, person, sent.id, 0, now()).await.unwrap();
    }
    harness.store.remove_person(harness.tenant, ada).await.unwrap();
    let left = harness.store.button_clicks(harness.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|press| press.person.as_str()).collect::<Vec<_>>(), ["bo"]);
    assert_eq!(harness.store.purge(now() + TimeDelta::days(91), 10).await.unwrap(), 1);
    assert!(harness.store.button_clicks(harness.tenant, sent.id, None, 10).await.unwrap().is_empty());
}
