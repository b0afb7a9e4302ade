//! The outbox attempts due deliveries and records the results.

use std::{sync::atomic::Ordering, time::Duration};

use campanile_domain::{
    model::{
        attempt_result::{AttemptOutcome, AttemptResult},
        delivery::TARGET_DISABLED,
    },
    outbox::{Outbox, options::OutboxOptions},
};
use campanile_shared::{
    Channel, HttpPost,
    delivery::{Delivery, DeliveryState},
    send_request::ContentInput,
};
use chrono::TimeDelta;
use tokio::sync::watch;
use uuid::Uuid;

use crate::harness::{Harness, send_request, start_time};

fn outbox(harness: &Harness) -> Outbox {
    Outbox::new(harness.campanile.clone(), OutboxOptions::default())
}

/// Sends to a URL; returns the notification's id.
async fn send_to_url(harness: &Harness, url: &str) -> Uuid {
    let mut draft = send_request("Hello");
    (draft.channel, draft.to) = (Channel::Http, Vec::new());
    draft.http = Some(HttpPost { url: url.to_owned(), ..HttpPost::default() });
    harness.campanile.send(&harness.admin, draft, None).await.unwrap().id
}

async fn send_mail(harness: &Harness) -> Uuid {
    let mut draft = send_request("Hello");
    draft.channel = Channel::Email;
    harness.campanile.send(&harness.admin, draft, None).await.unwrap().id
}

async fn deliveries(harness: &Harness, id: Uuid) -> Vec<Delivery> {
    harness.campanile.deliveries(&harness.admin, id, None, 1_000).await.unwrap().items
}

fn retryable(after: Option<Duration>) -> AttemptResult {
    AttemptResult { outcome: AttemptOutcome::Retry { after }, detail: "503".to_owned() }
}

#[tokio::test]
async fn a_mail_goes_to_each_address_under_the_readers_name() {
    let harness = Harness::new().await;
    let (ada, bo) = (harness.add_person("ada", false).await, harness.add_person("bo", false).await);
    let id = send_mail(&harness).await;
    outbox(&harness).drain().await.unwrap();
    let mut messages = harness.email_channel.take_messages();
    messages.sort_by(|one, other| one.target.cmp(&other.target));
    let targets: Vec<_> = messages.iter().map(|message| message.target.as_str()).collect();
    assert_eq!(targets, ["ada@acme.example", "bo@acme.example"]);
    let reader = messages[0].recipient.as_ref().unwrap();
    assert_eq!((reader.name.as_str(), reader.tenant.as_str(), reader.languages[0].as_str()), ("ada of Acme", "acme", "en"));
    assert_eq!(messages[0].notification.as_ref().map(|found| found.id), Some(id));
    assert!(messages[0].request.is_none());
    assert!(deliveries(&harness, id).await.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    // The mail's token unsubscribes only its reader.
    harness.campanile.unsubscribe(&reader.unsubscribe_token).await.unwrap();
    let id = send_mail(&harness).await;
    outbox(&harness).drain().await.unwrap();
    assert_eq!(
        harness.email_channel.take_messages().iter().map(|message| message.target.as_str()).collect::<Vec<_>>(),
        ["bo@acme.example"]
    );
    let found = deliveries(&harness, id).await;
    let of_ada = found.iter().find(|delivery| delivery.person.as_deref() == Some(ada.login.as_str())).unwrap();
    assert_eq!((of_ada.state, of_ada.attempts[0].answer.as_str()), (DeliveryState::Rejected, "the recipient has ended all mail"));
    assert_eq!(bo.login, "bo");
}

#[tokio::test]
async fn a_failed_delivery_is_retried_on_schedule_and_then_given_up() {
    let harness = Harness::new().await;
    let id = send_to_url(&harness, "https://a.example/hook").await;
    let mut outbox = outbox(&harness);
    for attempt in 1..=10 {
        harness.http_channel.respond_with(retryable(None));
        outbox.drain().await.unwrap();
        let delivery = &deliveries(&harness, id).await[0];
        assert_eq!(delivery.attempts.len(), attempt);
        let Some(due_at) = delivery.due_at else {
            assert_eq!((attempt, delivery.state), (10, DeliveryState::GivenUp));
            break;
        };
        outbox.drain().await.unwrap();
        assert_eq!(harness.http_channel.take_messages().len(), 1, "no attempt before the due time");
        harness.advance(due_at - harness.campanile.now());
    }
    let delivery = &deliveries(&harness, id).await[0];
    assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::GivenUp, 10));
    assert!(harness.campanile.now() - start_time() > TimeDelta::hours(60), "the retries take three days");
}

#[tokio::test]
async fn a_receiver_can_delay_the_retry() {
    let harness = Harness::new().await;
    let id = send_to_url(&harness, "https://a.example/hook").await;
    harness.http_channel.respond_with(retryable(Some(Duration::from_secs(600))));
    outbox(&harness).drain().await.unwrap();
    assert_eq!(deliveries(&harness, id).await[0].due_at, Some(start_time() + TimeDelta::minutes(10)));
}

#[tokio::test]
async fn a_gone_url_is_disabled_until_it_is_redelivered() {
    let harness = Harness::new().await;
    harness.http_channel.respond_with(AttemptResult { outcome: AttemptOutcome::Gone, detail: "410".to_owned() });
    let mut outbox = outbox(&harness);
    let first = send_to_url(&harness, "https://a.example/hook").await;
    outbox.drain().await.unwrap();
    let second = send_to_url(&harness, "https://a.example/hook").await;
    outbox.drain().await.unwrap();
    assert_eq!(harness.http_channel.take_messages().len(), 1);
    let delivery = &deliveries(&harness, second).await[0];
    let answer = delivery.attempts.first().map(|attempt| attempt.answer.as_str()).unwrap_or_default();
    assert!(delivery.state == DeliveryState::Rejected && answer.starts_with(TARGET_DISABLED), "{delivery:?}");
    assert_eq!(harness.campanile.redeliver(&harness.admin, first).await.unwrap(), 1);
    outbox.drain().await.unwrap();
    assert_eq!(deliveries(&harness, first).await[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_correction_applies_to_pending_mail() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let mut chosen = harness.campanile.preferences(&ada).await.unwrap();
    chosen.mail = vec![campanile_shared::Severity::Information];
    harness.campanile.set_preferences(&ada, &chosen).await.unwrap();
    let id = harness.campanile.send(&harness.admin, send_request("Satruday"), None).await.unwrap().id;
    let mut outbox = outbox(&harness);
    harness.email_channel.respond_with(retryable(None));
    outbox.drain().await.unwrap();
    let content = vec![ContentInput { language: "en".into(), title: "Saturday".into(), ..ContentInput::default() }];
    harness.campanile.correct(&harness.admin, id, content).await.unwrap();
    harness.advance(TimeDelta::minutes(1));
    outbox.drain().await.unwrap();
    let titles: Vec<_> = harness
        .email_channel
        .take_messages()
        .iter()
        .map(|message| message.notification.as_ref().unwrap().message.content[0].title.clone())
        .collect();
    assert_eq!(titles, ["Satruday", "Saturday"]);
}

#[tokio::test]
async fn a_panic_in_a_channel_fails_only_the_attempt() {
    let harness = Harness::new().await;
    let id = send_to_url(&harness, "https://a.example/hook").await;
    let without = harness.campanile.clone().with_channels(
        campanile_domain::ports::channel::Channels::new([
            std::sync::Arc::new(PanickingChannel) as std::sync::Arc<dyn campanile_domain::ports::channel::Channel>
        ]),
        campanile_domain::ports::payload_format::PayloadFormats::default(),
    );
    Outbox::new(without, OutboxOptions::default()).drain().await.unwrap();
    let delivery = &deliveries(&harness, id).await[0];
    assert_eq!((delivery.state, delivery.attempts[0].answer.as_str()), (DeliveryState::Pending, "internal server error"));
}

struct PanickingChannel;

#[async_trait::async_trait]
impl campanile_domain::ports::channel::Channel for PanickingChannel {
    fn name(&self) -> Channel {
        Channel::Http
    }

    fn queue(&self, target: &str) -> String {
        target.to_owned()
    }

    fn concurrency(&self) -> u32 {
        1
    }

    async fn attempt(&self, _: &campanile_domain::ports::channel::OutgoingMessage) -> AttemptResult {
        panic!("a fault");
    }
}

#[tokio::test]
async fn without_a_channel_its_deliveries_are_rejected() {
    let harness = Harness::new().await;
    let id = send_to_url(&harness, "https://a.example/hook").await;
    let none = campanile_domain::ports::channel::Channels::default();
    let without = harness.campanile.clone().with_channels(none, campanile_domain::ports::payload_format::PayloadFormats::default());
    Outbox::new(without, OutboxOptions::default()).drain().await.unwrap();
    let delivery = &deliveries(&harness, id).await[0];
    assert_eq!((delivery.state, delivery.attempts[0].answer.as_str()), (DeliveryState::Rejected, "this channel is not configured"));
}

#[tokio::test]
async fn drain_handles_more_than_its_lease_limit() {
    let harness = Harness::new().await;
    for number in 0..30 {
        send_to_url(&harness, &format!("https://{}.example/hook", number % 3)).await;
    }
    let options = OutboxOptions { max_running: 2, max_prefetch: 2, ..OutboxOptions::default() };
    let mut outbox = Outbox::new(harness.campanile.clone(), options);
    let in_hand = outbox.leased_count();
    outbox.drain().await.unwrap();
    assert_eq!((harness.http_channel.take_messages().len(), in_hand.load(Ordering::Relaxed)), (30, 0));
    assert_eq!(harness.store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn run_wakes_for_new_sends_and_stops_when_asked() {
    let harness = Harness::new().await;
    let (stop, stopped) = watch::channel(false);
    let options = OutboxOptions { poll_interval: Duration::from_secs(3_600), ..OutboxOptions::default() };
    let outbox = Outbox::new(harness.campanile.clone(), options);
    let in_hand = outbox.leased_count();
    let running = tokio::spawn(outbox.run(stopped));
    for number in 0..3 {
        let id = send_to_url(&harness, "https://a.example/hook").await;
        let tried = harness.campanile.first_attempts(&harness.admin, id, Duration::from_secs(30)).await.unwrap();
        assert_eq!(tried, campanile_domain::model::delivery::FirstAttempts::AllDelivered, "number {number}");
    }
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
    assert_eq!(in_hand.load(Ordering::Relaxed), 0);
    // A delivery after the stop stays pending.
    let id = send_to_url(&harness, "https://a.example/hook").await;
    assert_eq!(deliveries(&harness, id).await[0].state, DeliveryState::Pending);
}

#[tokio::test]
async fn drain_sends_scheduled_notifications() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let mut later = send_request("Later");
    later.not_before = Some(start_time() + TimeDelta::minutes(1));
    harness.campanile.send(&harness.admin, later, None).await.unwrap();
    let mut outbox = outbox(&harness);
    outbox.drain().await.unwrap();
    assert!(harness.inbox_titles(&ada).await.is_empty());
    harness.advance(TimeDelta::minutes(1));
    outbox.drain().await.unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Later"]);
}

#[tokio::test]
async fn a_large_mailing_is_expanded_in_steps() {
    let harness = Harness::new().await;
    harness.add_people(501).await;
    send_mail(&harness).await;
    outbox(&harness).drain().await.unwrap();
    assert_eq!(harness.email_channel.take_messages().len(), 501);
}
