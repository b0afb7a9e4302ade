//! Scheduled and unscheduled notifications.

use campanile_domain::{
    Error,
    send::{Post, When},
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, draft, named, post, start},
};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

#[tokio::test]
async fn what_waits_is_sent_at_its_time_and_not_before() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let mut later = draft("Later");
    later.not_before = Some(start() + MINUTE);
    let receipt = world.campanile.send(&world.admin, later, None).await.unwrap();
    assert_eq!((receipt.sequence, receipt.recipients, receipt.not_before), (0, 1, Some(start() + MINUTE)));
    let (waits, next) = world.campanile.scheduled(&world.admin, None, 10).await.unwrap();
    assert_eq!((waits.len(), waits[0].id, waits[0].due_at, next), (1, receipt.id, receipt.not_before, None));
    world.pass(MINUTE - TimeDelta::seconds(1));
    assert_eq!(world.campanile.send_due().await.unwrap(), 0);
    assert!(world.titles(&ada).await.is_empty());
    world.pass(TimeDelta::seconds(1));
    assert_eq!(world.campanile.send_due().await.unwrap(), 1);
    assert_eq!(world.campanile.send_due().await.unwrap(), 0);
    assert_eq!(world.titles(&ada).await, ["Later"]);
    assert_eq!(world.campanile.sent_one(&world.admin, receipt.id).await.unwrap().sequence, 1);
}

#[tokio::test]
async fn what_is_due_already_is_sent_at_once() {
    let world = World::new().await;
    for (seconds, waits) in [(-1, false), (0, false), (1, true)] {
        let at = start() + TimeDelta::seconds(seconds);
        let mut draft = draft("Hello");
        draft.not_before = Some(at);
        let receipt = world.campanile.send(&world.admin, draft, None).await.unwrap();
        assert_eq!((receipt.sequence == 0, receipt.not_before.is_some()), (waits, waits), "{seconds}");
        let accepted = world.campanile.post(&world.admin, Post { when: When::At(at), ..post(&world.admin, "Hello") }).await.unwrap();
        assert_eq!(accepted.sequence == 0, waits, "{seconds}");
    }
}

#[tokio::test]
async fn a_draft_waits_until_somebody_sends_it() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let kept = world.campanile.post(&world.admin, Post { when: When::Never, ..post(&world.admin, "Draft") }).await.unwrap();
    assert_eq!(kept.sequence, 0);
    world.pass(TimeDelta::days(300));
    assert_eq!(world.campanile.send_due().await.unwrap(), 0);
    let sent = world.campanile.send_now(&world.admin, kept.id).await.unwrap();
    assert_eq!((sent.id, sent.sequence), (kept.id, 1));
    assert_eq!(world.titles(&ada).await, ["Draft"]);
    assert_refused!(world.campanile.send_now(&world.admin, kept.id).await, Error::NotFound);
    assert_refused!(world.campanile.send_now(&world.admin, Uuid::nil()).await, Error::NotFound);
}

#[tokio::test]
async fn what_waits_can_be_taken_back_and_is_listed_by_page() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for minutes in [1, 2] {
        let mut draft = draft("Later");
        draft.not_before = Some(start() + MINUTE * minutes);
        ids.push(world.campanile.send(&world.admin, draft, None).await.unwrap().id);
    }
    let (first, next) = world.campanile.scheduled(&world.admin, None, 1).await.unwrap();
    assert_eq!(first[0].id, ids[0]);
    let (second, _) = world.campanile.scheduled(&world.admin, next, 1).await.unwrap();
    assert_eq!(second[0].id, ids[1]);
    world.campanile.unschedule(&world.admin, ids[0]).await.unwrap();
    assert_refused!(world.campanile.unschedule(&world.admin, ids[0]).await, Error::NotFound);
    world.pass(MINUTE * 5);
    assert_eq!(world.campanile.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn who_has_left_meanwhile_keeps_nobody_else_from_it() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    world.person("bo", false).await;
    let mut later = draft("Later");
    (later.to, later.not_before) = (vec![named("bo"), named("ada"), named("portal:ada-1")], Some(start() + MINUTE));
    let id = world.campanile.send(&world.admin, later, None).await.unwrap().id;
    world.campanile.remove_person(&world.admin, "bo").await.unwrap();
    world.pass(MINUTE);
    world.campanile.send_due().await.unwrap();
    assert_eq!(world.titles(&ada).await, ["Later"]);
    assert_eq!(world.campanile.recipients(&world.admin, id, None, 10).await.unwrap().counts.people, 1);
}
