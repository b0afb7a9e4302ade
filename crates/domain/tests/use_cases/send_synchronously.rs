//! A POST that is sent within the request that asks for it.

use campanile_domain::{
    model::{
        attempt_result::{AttemptOutcome, AttemptResult},
        delivery::TARGET_DISABLED,
        http_request::HttpRequest,
        idempotency::IdempotencyKey,
        routing::{Destination, Routing},
    },
    ports::{
        channel::{self, Channels},
        payload_format::PayloadFormats,
    },
    send::SendCommand,
};
use campanile_shared::delivery::DeliveryState;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::harness::{Harness, start_time};

const URL: &str = "https://a.example/hook";

async fn post_to_url(harness: &Harness, id: u128, claim: Option<IdempotencyKey>) -> (SendCommand, Destination) {
    let request = HttpRequest { body: "{}".to_owned(), ..HttpRequest::default() };
    let target = Destination::http(URL, request.clone());
    let message = harness.send_command("Hello").await;
    (
        SendCommand {
            id: Some(Uuid::from_u128(id)),
            to: harness.resolve(Vec::new()).await,
            routing: Routing::http(URL, request),
            idempotency_key: claim,
            ..message
        },
        target,
    )
}

async fn state(harness: &Harness, id: u128) -> (DeliveryState, usize) {
    let page = harness.campanile.deliveries(&harness.admin, Uuid::from_u128(id), None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    (page.items[0].state, page.items[0].attempts.len())
}

#[tokio::test]
async fn the_result_is_returned_and_recorded() {
    let harness = Harness::new().await;
    let later = AttemptResult { outcome: AttemptOutcome::Retry { after: None }, detail: "503".to_owned() };
    for (id, attempt, expected) in [
        (1, AttemptResult::delivered("200"), DeliveryState::Delivered),
        (2, AttemptResult::rejected("400"), DeliveryState::Rejected),
        (3, later, DeliveryState::GivenUp),
    ] {
        harness.http_channel.respond_with(attempt.clone());
        let (post, target) = post_to_url(&harness, id, None).await;
        assert_eq!(harness.campanile.send_synchronously(&harness.admin, post, target).await.unwrap(), Some(attempt));
        assert_eq!(state(&harness, id).await, (expected, 1));
    }
    let messages = harness.http_channel.take_messages();
    assert_eq!((messages.len(), messages[0].target.as_str(), messages[0].tenant.as_str()), (3, URL, "acme"));
    assert_eq!(messages[0].request.as_ref().map(|post| post.body.as_str()), Some("{}"));
}

#[tokio::test]
async fn a_repeat_is_not_sent_again() {
    let harness = Harness::new().await;
    let claim = || Some(IdempotencyKey { scope: "tests".to_owned(), key: "1".to_owned(), body_sha256: [1; 32], answer: None });
    let (first, target) = post_to_url(&harness, 1, claim()).await;
    assert!(harness.campanile.send_synchronously(&harness.admin, first, target).await.unwrap().is_some());
    let (again, target) = post_to_url(&harness, 2, claim()).await;
    assert_eq!(harness.campanile.send_synchronously(&harness.admin, again, target).await.unwrap(), None);
    assert_eq!(harness.http_channel.take_messages().len(), 1);
}

#[tokio::test]
async fn a_repeat_after_a_crash_continues_with_the_same_id() {
    let harness = Harness::new().await;
    let claim = || Some(IdempotencyKey { scope: "tests".to_owned(), key: "1".to_owned(), body_sha256: [1; 32], answer: None });
    // The state that a crashed process leaves.
    let (first, target) = post_to_url(&harness, 1, claim()).await;
    harness.campanile.submit(&harness.admin, first).await.unwrap();
    let (again, _) = post_to_url(&harness, 2, claim()).await;
    let attempt = harness.campanile.send_synchronously(&harness.admin, again, target).await.unwrap();
    assert_eq!(attempt.map(|attempt| attempt.outcome), Some(AttemptOutcome::Delivered));
    assert_eq!(state(&harness, 1).await, (DeliveryState::Delivered, 1));
}

#[tokio::test]
async fn a_gone_url_is_not_called_again() {
    let harness = Harness::new().await;
    harness.http_channel.respond_with(AttemptResult { outcome: AttemptOutcome::Gone, detail: "410".to_owned() });
    let (first, target) = post_to_url(&harness, 1, None).await;
    let attempt = harness.campanile.send_synchronously(&harness.admin, first, target).await.unwrap().unwrap();
    assert_eq!((attempt.outcome, attempt.detail.as_str()), (AttemptOutcome::Gone, "410"));
    let (second, target) = post_to_url(&harness, 2, None).await;
    let attempt = harness.campanile.send_synchronously(&harness.admin, second, target).await.unwrap().unwrap();
    assert_eq!((attempt.outcome, attempt.detail.as_str()), (AttemptOutcome::Gone, TARGET_DISABLED));
    assert_eq!(harness.http_channel.take_messages().len(), 1, "the URL was called again");
    assert_eq!(state(&harness, 2).await.0, DeliveryState::Rejected);
}

#[tokio::test]
async fn without_the_channel_nothing_is_sent() {
    let harness = Harness::new().await;
    let campanile = harness.campanile.clone().with_channels(Channels::default(), PayloadFormats::default());
    let (post, target) = post_to_url(&harness, 1, None).await;
    let attempt = campanile.send_synchronously(&harness.admin, post, target).await.unwrap();
    assert_eq!(attempt, Some(AttemptResult::rejected("this channel is not configured")));
}

#[tokio::test]
async fn the_outbox_retries_an_unanswered_post_after_ten_minutes() {
    let harness = Harness::new().await;
    let (post, target) = post_to_url(&harness, 1, None).await;
    // The request is dropped during the attempt, like in a crash.
    let stuck = harness.campanile.clone().with_channels(
        Channels::new([std::sync::Arc::new(NeverEnding) as std::sync::Arc<dyn channel::Channel>]),
        PayloadFormats::default(),
    );
    {
        let mut request = std::pin::pin!(stuck.send_synchronously(&harness.admin, post, target));
        loop {
            tokio::select! {
                _ = &mut request => unreachable!("the attempt never ends"),
                () = tokio::task::yield_now() => {}
            }
            let stored = harness.campanile.deliveries(&harness.admin, Uuid::from_u128(1), None, 1).await;
            if stored.is_ok_and(|page| !page.items.is_empty()) {
                break;
            }
        }
    }
    let page = harness.campanile.deliveries(&harness.admin, Uuid::from_u128(1), None, 1).await.unwrap();
    assert_eq!((page.items[0].state, page.items[0].due_at), (DeliveryState::Pending, Some(start_time() + TimeDelta::minutes(10))));
}

/// A channel whose attempts never end.
struct NeverEnding;

#[async_trait::async_trait]
impl channel::Channel for NeverEnding {
    fn name(&self) -> campanile_shared::Channel {
        campanile_shared::Channel::Http
    }

    fn queue(&self, target: &str) -> String {
        target.to_owned()
    }

    fn concurrency(&self) -> u32 {
        1
    }

    async fn attempt(&self, _: &channel::OutgoingMessage) -> AttemptResult {
        std::future::pending().await
    }
}
