//! The outbox attempts due deliveries and records the results.

use std::{sync::atomic::Ordering, time::Duration};

use campanile_domain::{
    channel::{Attempt, Verdict},
    delivery::LEFT_ALONE,
    outbox::{Outbox, OutboxOptions},
};
use campanile_shared::{
    Channel, HttpPost,
    delivery::{Delivery, DeliveryState},
    draft::DraftContent,
};
use chrono::TimeDelta;
use tokio::sync::watch;
use uuid::Uuid;

use crate::world::{World, draft, start};

fn outbox(world: &World) -> Outbox {
    Outbox::new(world.campanile.clone(), OutboxOptions::default())
}

/// Sends to a URL; returns the notification's id.
async fn to_url(world: &World, url: &str) -> Uuid {
    let mut draft = draft("Hello");
    (draft.channel, draft.to) = (Channel::Http, Vec::new());
    draft.http = Some(HttpPost { url: url.to_owned(), ..HttpPost::default() });
    world.campanile.send(&world.admin, draft, None).await.unwrap().id
}

async fn to_mail(world: &World) -> Uuid {
    let mut draft = draft("Hello");
    draft.channel = Channel::Email;
    world.campanile.send(&world.admin, draft, None).await.unwrap().id
}

async fn deliveries(world: &World, id: Uuid) -> Vec<Delivery> {
    world.campanile.deliveries(&world.admin, id, None, 1_000).await.unwrap().items
}

fn retry(after: Option<Duration>) -> Attempt {
    Attempt { verdict: Verdict::Retry { after }, answer: "503".to_owned() }
}

#[tokio::test]
async fn a_mail_goes_to_each_address_in_the_reader_s_name() {
    let world = World::new().await;
    let (ada, bo) = (world.person("ada", false).await, world.person("bo", false).await);
    let id = to_mail(&world).await;
    outbox(&world).drain().await.unwrap();
    let mut letters = world.mail.letters();
    letters.sort_by(|one, other| one.target.cmp(&other.target));
    let targets: Vec<_> = letters.iter().map(|letter| letter.target.as_str()).collect();
    assert_eq!(targets, ["ada@acme.example", "bo@acme.example"]);
    let reader = letters[0].reader.as_ref().unwrap();
    assert_eq!((reader.name.as_str(), reader.tenant.as_str(), reader.languages[0].as_str()), ("ada of Acme", "acme", "en"));
    assert_eq!(letters[0].notification.as_ref().map(|found| found.id), Some(id));
    assert!(letters[0].post.is_none());
    assert!(deliveries(&world, id).await.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    // The mail's token unsubscribes only its reader.
    world.campanile.unsubscribe(&reader.unsubscribe).await.unwrap();
    let id = to_mail(&world).await;
    outbox(&world).drain().await.unwrap();
    assert_eq!(world.mail.letters().iter().map(|letter| letter.target.as_str()).collect::<Vec<_>>(), ["bo@acme.example"]);
    let found = deliveries(&world, id).await;
    let of_ada = found.iter().find(|delivery| delivery.person.as_deref() == Some(ada.login.as_str())).unwrap();
    assert_eq!((of_ada.state, of_ada.attempts[0].answer.as_str()), (DeliveryState::Rejected, "the recipient has ended all mail"));
    assert_eq!(bo.login, "bo");
}

#[tokio::test]
async fn what_fails_is_tried_again_by_the_schedule_and_then_given_up() {
    let world = World::new().await;
    let id = to_url(&world, "https://a.example/hook").await;
    let mut outbox = outbox(&world);
    for attempt in 1..=10 {
        world.http.answer(retry(None));
        outbox.drain().await.unwrap();
        let delivery = &deliveries(&world, id).await[0];
        assert_eq!(delivery.attempts.len(), attempt);
        let Some(due_at) = delivery.due_at else {
            assert_eq!((attempt, delivery.state), (10, DeliveryState::GivenUp));
            break;
        };
        outbox.drain().await.unwrap();
        assert_eq!(world.http.letters().len(), 1, "no attempt before the due time");
        world.pass(due_at - world.campanile.now());
    }
    let delivery = &deliveries(&world, id).await[0];
    assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::GivenUp, 10));
    assert!(world.campanile.now() - start() > TimeDelta::hours(60), "the retries take three days");
}

#[tokio::test]
async fn the_other_side_may_ask_for_time() {
    let world = World::new().await;
    let id = to_url(&world, "https://a.example/hook").await;
    world.http.answer(retry(Some(Duration::from_secs(600))));
    outbox(&world).drain().await.unwrap();
    assert_eq!(deliveries(&world, id).await[0].due_at, Some(start() + TimeDelta::minutes(10)));
}

#[tokio::test]
async fn a_url_that_is_gone_is_left_alone_until_somebody_redelivers() {
    let world = World::new().await;
    world.http.answer(Attempt { verdict: Verdict::Gone, answer: "410".to_owned() });
    let mut outbox = outbox(&world);
    let first = to_url(&world, "https://a.example/hook").await;
    outbox.drain().await.unwrap();
    let second = to_url(&world, "https://a.example/hook").await;
    outbox.drain().await.unwrap();
    assert_eq!(world.http.letters().len(), 1);
    let delivery = &deliveries(&world, second).await[0];
    let answer = delivery.attempts.first().map(|attempt| attempt.answer.as_str()).unwrap_or_default();
    assert!(delivery.state == DeliveryState::Rejected && answer.starts_with(LEFT_ALONE), "{delivery:?}");
    assert_eq!(world.campanile.redeliver(&world.admin, first).await.unwrap(), 1);
    outbox.drain().await.unwrap();
    assert_eq!(deliveries(&world, first).await[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_correction_is_in_what_is_still_to_be_mailed() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let mut chosen = world.campanile.preferences(&ada).await.unwrap();
    chosen.mail = vec![campanile_shared::Severity::Information];
    world.campanile.set_preferences(&ada, &chosen).await.unwrap();
    let id = world.campanile.send(&world.admin, draft("Satruday"), None).await.unwrap().id;
    let mut outbox = outbox(&world);
    world.mail.answer(retry(None));
    outbox.drain().await.unwrap();
    let content = vec![DraftContent { language: "en".into(), title: "Saturday".into(), ..DraftContent::default() }];
    world.campanile.correct(&world.admin, id, content).await.unwrap();
    world.pass(TimeDelta::minutes(1));
    outbox.drain().await.unwrap();
    let titles: Vec<_> =
        world.mail.letters().iter().map(|letter| letter.notification.as_ref().unwrap().message.content[0].title.clone()).collect();
    assert_eq!(titles, ["Satruday", "Saturday"]);
}

#[tokio::test]
async fn a_channel_s_fault_costs_nothing_but_the_attempt() {
    let world = World::new().await;
    let id = to_url(&world, "https://a.example/hook").await;
    let without = world.campanile.clone().with_channels(
        campanile_domain::channel::Channels::new([std::sync::Arc::new(Faulty) as std::sync::Arc<dyn campanile_domain::channel::Channel>]),
        campanile_domain::webhook::Formats::default(),
    );
    Outbox::new(without, OutboxOptions::default()).drain().await.unwrap();
    let delivery = &deliveries(&world, id).await[0];
    assert_eq!((delivery.state, delivery.attempts[0].answer.as_str()), (DeliveryState::Pending, "internal server error"));
}

struct Faulty;

#[async_trait::async_trait]
impl campanile_domain::channel::Channel for Faulty {
    fn name(&self) -> Channel {
        Channel::Http
    }

    fn lane(&self, target: &str) -> String {
        target.to_owned()
    }

    async fn attempt(&self, _: &campanile_domain::channel::Letter) -> Attempt {
        panic!("a fault");
    }
}

#[tokio::test]
async fn without_a_channel_its_deliveries_are_rejected() {
    let world = World::new().await;
    let id = to_url(&world, "https://a.example/hook").await;
    let none = campanile_domain::channel::Channels::default();
    let without = world.campanile.clone().with_channels(none, campanile_domain::webhook::Formats::default());
    Outbox::new(without, OutboxOptions::default()).drain().await.unwrap();
    let delivery = &deliveries(&world, id).await[0];
    assert_eq!((delivery.state, delivery.attempts[0].answer.as_str()), (DeliveryState::Rejected, "this channel is not configured"));
}

#[tokio::test]
async fn it_drains_more_than_it_has_in_hand_at_once() {
    let world = World::new().await;
    for number in 0..30 {
        to_url(&world, &format!("https://{}.example/hook", number % 3)).await;
    }
    let options = OutboxOptions { most: 2, ahead: 2, widths: vec![(Channel::Http, 1)], ..OutboxOptions::default() };
    let mut outbox = Outbox::new(world.campanile.clone(), options);
    let in_hand = outbox.in_hand();
    outbox.drain().await.unwrap();
    assert_eq!((world.http.letters().len(), in_hand.load(Ordering::Relaxed)), (30, 0));
    assert_eq!(world.campanile.store().next_due().await.unwrap(), None);
}

#[tokio::test]
async fn it_runs_until_it_is_asked_to_stop_and_hears_of_what_is_sent() {
    let world = World::new().await;
    let (stop, stopped) = watch::channel(false);
    let options = OutboxOptions { poll: Duration::from_secs(3_600), ..OutboxOptions::default() };
    let outbox = Outbox::new(world.campanile.clone(), options);
    let in_hand = outbox.in_hand();
    let running = tokio::spawn(outbox.run(stopped));
    for number in 0..3 {
        let id = to_url(&world, "https://a.example/hook").await;
        let tried = world.campanile.first_attempts(&world.admin, id, Duration::from_secs(30)).await.unwrap();
        assert_eq!(tried, campanile_domain::delivery::Tried::Taken, "number {number}");
    }
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
    assert_eq!(in_hand.load(Ordering::Relaxed), 0);
    // A delivery after the stop stays pending.
    let id = to_url(&world, "https://a.example/hook").await;
    assert_eq!(deliveries(&world, id).await[0].state, DeliveryState::Pending);
}

#[tokio::test]
async fn it_sends_what_was_scheduled() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let mut later = draft("Later");
    later.not_before = Some(start() + TimeDelta::minutes(1));
    world.campanile.send(&world.admin, later, None).await.unwrap();
    let mut outbox = outbox(&world);
    outbox.drain().await.unwrap();
    assert!(world.titles(&ada).await.is_empty());
    world.pass(TimeDelta::minutes(1));
    outbox.drain().await.unwrap();
    assert_eq!(world.titles(&ada).await, ["Later"]);
}

#[tokio::test]
async fn a_mailing_to_many_is_planned_in_steps() {
    let world = World::new().await;
    world.people(501).await;
    to_mail(&world).await;
    outbox(&world).drain().await.unwrap();
    assert_eq!(world.mail.letters().len(), 501);
}
