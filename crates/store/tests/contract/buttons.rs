//! Clicks on buttons, and how senders see them.

use campanile_domain::{AudienceKey, Committed, Error, store::Accepted};
use campanile_shared::{Button, inbox::Action, live::ItemChange};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::world::{World, now, person, role};

/// A notification with two buttons, the second with event data.
async fn with_buttons(world: &World, keys: &[AudienceKey]) -> Accepted {
    let button =
        |label: &str, data: Option<&str>| Button { label: label.into(), primary: false, link: None, data: data.map(str::to_owned) };
    let mut new = world.notification(keys, "answer me");
    new.message.buttons = vec![button("No", None), button("Yes", Some(r#"{"a":1}"#))];
    world.accept(new).await
}

pub async fn the_first_press_counts(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    let sent = with_buttons(&world, &[AudienceKey::Everyone]).await;
    let press = |person, button, at| world.store.press(world.tenant, person, sent.id, button, at);
    let first = press(ada, 1, now()).await.unwrap();
    assert_eq!((first.notification.id, &first.pressed[..]), (sent.id, &[(1, now())][..]));
    let again = press(ada, 1, now() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(again.pressed, [(1, now())]);
    let both = press(ada, 0, now() + TimeDelta::hours(2)).await.unwrap();
    assert_eq!(both.pressed, [(0, now() + TimeDelta::hours(2)), (1, now())]);
    let item = |person| world.store.item(world.tenant, person, sent.id);
    assert_eq!(item(ada).await.unwrap().unwrap().pressed, both.pressed);
    assert!(item(bo).await.unwrap().unwrap().pressed.is_empty());
    // A click neither reads nor dismisses the item.
    assert_eq!(item(ada).await.unwrap().unwrap().state, first.state);
    assert_eq!(world.snapshot(ada).await.counts.unread, 1);
}

pub async fn presses_are_told_to_other_tabs(world: World) {
    let ada = world.person("ada").await;
    let sent = with_buttons(&world, &[AudienceKey::Everyone]).await;
    world.act(ada, Action::Read, &[sent.id]).await;
    let before = world.snapshot(ada).await;
    world.heard().await;
    let item = world.store.press(world.tenant, ada, sent.id, 0, now()).await.unwrap();
    let told = [ItemChange { id: sent.id, state: item.state }];
    let heard = world.heard().await;
    let [Committed::Changed { changes: Some(changes), snapshot, .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((&changes[..], snapshot.is_newer_than(&before), snapshot.counts), (&told[..], true, before.counts));
    let missed = world.store.missed(world.tenant, ada, before.sequence, before.revision, 5).await.unwrap().unwrap();
    assert_eq!(missed.changed, told);
    // A second click reports nothing new.
    world.store.press(world.tenant, ada, sent.id, 0, now()).await.unwrap();
    assert!(world.heard().await.is_empty());
    assert_eq!(world.snapshot(ada).await, *snapshot);
}

pub async fn only_one_s_own_items_have_buttons_to_press(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    world.relate(ada, "ADMIN", true).await;
    let sent = with_buttons(&world, &[role("ADMIN")]).await;
    let plain = world.send(&[AudienceKey::Everyone], "no buttons").await;
    let other = world.tenant("other").await;
    let stranger = world.store.create_person(other, person("ada"), now()).await.unwrap();
    for (tenant, person, id, button) in [
        (world.tenant, bo, sent.id, 0),
        (world.tenant, ada, sent.id, 2),
        (world.tenant, ada, sent.id, u32::MAX),
        (world.tenant, ada, plain.id, 0),
        (world.tenant, ada, Uuid::from_u128(99), 0),
        (other, stranger, sent.id, 0),
        (other, ada, sent.id, 0),
        (world.tenant, stranger, sent.id, 0),
    ] {
        let refused = world.store.press(tenant, person, id, button, now()).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{tenant:?} {person:?} {id} {button}");
    }
    assert!(world.store.presses(world.tenant, sent.id, None, 10).await.unwrap().is_empty());
}

pub async fn presses_are_reported_page_by_page(world: World) {
    let mut people = Vec::new();
    for login in ["ada", "bo", "cy"] {
        people.push(world.person(login).await);
    }
    let sent = with_buttons(&world, &[AudienceKey::Everyone]).await;
    let another = with_buttons(&world, &[AudienceKey::Everyone]).await;
    world.store.press(world.tenant, people[0], another.id, 0, now()).await.unwrap();
    for (minutes, (person, button)) in people.iter().zip([1, 0, 1]).enumerate() {
        world.store.press(world.tenant, *person, sent.id, button, now() + TimeDelta::minutes(minutes as i64)).await.unwrap();
    }
    let first = world.store.presses(world.tenant, sent.id, None, 2).await.unwrap();
    let rest = world.store.presses(world.tenant, sent.id, first.next, 2).await.unwrap();
    let told: Vec<_> = first
        .iter()
        .chain(rest.iter())
        .map(|press| (press.person.as_str(), press.label.as_str(), press.data.as_deref(), (press.pressed_at - now()).num_minutes()))
        .collect();
    assert_eq!(told, [("ada", "Yes", Some(r#"{"a":1}"#), 0), ("bo", "No", None, 1), ("cy", "Yes", Some(r#"{"a":1}"#), 2)]);
    let other = world.tenant("other").await;
    assert!(world.store.presses(other, sent.id, None, 10).await.unwrap().is_empty());
}

pub async fn presses_go_with_their_notification_and_their_person(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    let sent = with_buttons(&world, &[AudienceKey::Everyone]).await;
    for person in [ada, bo] {
        world.store.press(world.tenant, person, sent.id, 0, now()).await.unwrap();
    }
    world.store.remove_person(world.tenant, ada).await.unwrap();
    let left = world.store.presses(world.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|press| press.person.as_str()).collect::<Vec<_>>(), ["bo"]);
    assert_eq!(world.store.purge(now() + TimeDelta::days(91), 10).await.unwrap(), 1);
    assert!(world.store.presses(world.tenant, sent.id, None, 10).await.unwrap().is_empty());
}
