//! Deliveries: planned with their notification, leased by queue, and recorded.

use campanile_domain::{
    AudienceKey, Error, NewNotification,
    model::{
        delivery::{self, AfterAttempt, AttemptRecord, DueDelivery, FirstAttempts, NewDelivery, SkipReason},
        http_request::HttpRequest,
        idempotency::IdempotencyKey,
        queue_capacity::QueueCapacity,
        routing::MailRecipients,
        webhook::WebhookEndpoint,
    },
};
use campanile_shared::{Channel, delivery::DeliveryState};
use chrono::{DateTime, TimeDelta, Utc};

use crate::harness::{Harness, now};

fn post(harness: &Harness, new: &mut NewNotification, lane: &str) {
    let target = format!("https://{lane}/{}", harness.id());
    new.deliveries.push(NewDelivery {
        id: delivery::delivery_id(new.id, Channel::Http, &target),
        channel: Channel::Http,
        target,
        queue: lane.to_owned(),
        request: Some(HttpRequest { body: "{}".into(), ..HttpRequest::default() }),
        due_at: now(),
    });
}

/// Leases due deliveries for a minute.
pub async fn claim(harness: &Harness, at: DateTime<Utc>, limit: u32) -> Vec<DueDelivery> {
    let room = QueueCapacity { concurrency: vec![(Channel::Http, 2), (Channel::Email, 3)], ..QueueCapacity::default() };
    harness.store.lease_deliveries(at, at + TimeDelta::seconds(60), room, limit).await.unwrap()
}

/// Records an attempt.
pub async fn record(harness: &Harness, due: &DueDelivery, next: AfterAttempt) {
    let outcome = AttemptRecord { id: due.id, next_step: next, at: now(), duration_ms: 5, detail: format!("{next:?}") };
    harness.store.record_attempts(vec![outcome]).await.unwrap();
}

pub async fn a_lease_holds_until_it_ends(harness: Harness) {
    let mut new = harness.notification(&[AudienceKey::Everyone], "hello");
    post(&harness, &mut new, "a.example");
    let sent = harness.accept(new).await;
    assert_eq!(harness.store.next_due().await.unwrap(), Some(now()));
    let first = claim(&harness, now(), 10).await;
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].sequence, first[0].attempts, first[0].request.as_ref().unwrap().body.as_str()), (sent.sequence, 0, "{}"));
    assert!(claim(&harness, now() + TimeDelta::seconds(59), 10).await.is_empty());
    // No one recorded it: it is due again, under the same id.
    let again = claim(&harness, now() + TimeDelta::seconds(60), 10).await;
    assert_eq!(again[0].id, first[0].id);
    let later = now() + TimeDelta::hours(1);
    record(&harness, &again[0], AfterAttempt::RetryAt(later)).await;
    assert_eq!(harness.store.next_due().await.unwrap(), Some(later));
    let third = claim(&harness, later, 10).await;
    assert_eq!(third[0].attempts, 1);
    record(&harness, &third[0], AfterAttempt::Delivered).await;
    // A delivered one stays delivered.
    record(&harness, &third[0], AfterAttempt::GivenUp).await;
    let (page, _) = harness.store.deliveries(harness.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!((page[0].state, page[0].attempts.len()), (DeliveryState::Delivered, 2));
    assert_eq!(harness.store.next_due().await.unwrap(), None);
    let other = harness.tenant("other").await;
    assert!(harness.store.deliveries(other, sent.id, None, 10).await.unwrap().0.is_empty());
}

pub async fn a_full_queue_delays_no_other(harness: Harness) {
    for lane in ["dead.example", "dead.example", "dead.example", "dead.example", "well.example"] {
        let mut new = harness.notification(&[AudienceKey::Everyone], lane);
        post(&harness, &mut new, lane);
        harness.accept(new).await;
    }
    let lanes = |due: &[DueDelivery]| due.iter().map(|due| due.queue.clone()).collect::<Vec<_>>();
    assert_eq!(lanes(&claim(&harness, now(), 10).await), ["dead.example", "dead.example", "well.example"]);
    // The queue of the dead host is full.
    let room = QueueCapacity { concurrency: vec![(Channel::Http, 2)], free: vec![("dead.example".into(), 0)], ..QueueCapacity::default() };
    assert!(harness.store.lease_deliveries(now(), now(), room, 10).await.unwrap().is_empty());
    // Queues take turns when there is room for only one.
    let mut new = harness.notification(&[AudienceKey::Everyone], "well");
    post(&harness, &mut new, "well.example");
    harness.accept(new).await;
    let room = QueueCapacity { concurrency: vec![(Channel::Http, 2)], last_queue: "dead.example".into(), ..QueueCapacity::default() };
    assert_eq!(lanes(&harness.store.lease_deliveries(now(), now(), room, 1).await.unwrap()), ["well.example"]);
}

pub async fn failed_deliveries_are_redelivered_on_request(harness: Harness) {
    let mut new = harness.notification(&[AudienceKey::Everyone], "hello");
    post(&harness, &mut new, "a.example");
    post(&harness, &mut new, "b.example");
    let sent = harness.accept(new).await;
    let due = claim(&harness, now(), 10).await;
    record(&harness, &due[0], AfterAttempt::Rejected).await;
    record(&harness, &due[1], AfterAttempt::GivenUp).await;
    let (_, counts) = harness.store.deliveries(harness.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!((counts.pending, counts.delivered, counts.rejected, counts.given_up), (0, 0, 1, 1));
    assert_eq!(harness.store.redeliver(harness.tenant, sent.id, now()).await.unwrap(), 2);
    let again = claim(&harness, now(), 10).await;
    assert_eq!(again.iter().map(|due| (due.id, due.attempts)).collect::<Vec<_>>(), due.iter().map(|due| (due.id, 0)).collect::<Vec<_>>());
    assert!(again.iter().all(|due| due.request.is_some()));
}

pub async fn webhooks_get_every_notification_until_disabled(harness: Harness) {
    let hook = WebhookEndpoint {
        id: harness.id(),
        format: "test".into(),
        url: "https://a.example/x".into(),
        queue: "a.example".into(),
        headers: vec![("X-Token".into(), "secret".into())],
        secret: Some("whsec_x".into()),
        extra: serde_json::json!({"description": "mine"}),
        created_at: now(),
        hears_creates: true,
        disabled: None,
    };
    let claim_of = |body| IdempotencyKey { scope: "s".into(), key: "k".into(), body_sha256: [body; 32], answer: None };
    let first = harness.store.insert_webhook(harness.tenant, &hook, Some(claim_of(1))).await.unwrap();
    let other = WebhookEndpoint { id: harness.id(), ..hook.clone() };
    let again = harness.store.insert_webhook(harness.tenant, &other, Some(claim_of(1))).await.unwrap();
    assert_eq!((first.id, first.repeated, again.id, again.repeated), (hook.id, false, hook.id, true));
    assert!(matches!(harness.store.insert_webhook(harness.tenant, &other, Some(claim_of(2))).await, Err(Error::IdempotencyKeyReused)));
    assert_eq!(harness.store.webhooks(harness.tenant).await.unwrap(), std::slice::from_ref(&hook));
    let other = harness.tenant("other").await;
    assert!(harness.store.webhooks(other).await.unwrap().is_empty());
    assert!(matches!(harness.store.remove_webhook(other, hook.id).await, Err(Error::NotFound)));
    // A webhook that asked for other events is stored and not called.
    let silent = WebhookEndpoint { id: harness.id(), url: "https://a.example/y".into(), hears_creates: false, ..hook.clone() };
    harness.store.insert_webhook(harness.tenant, &silent, None).await.unwrap();
    assert_eq!(harness.store.webhooks(harness.tenant).await.unwrap()[1], silent);
    let one = harness.send(&[AudienceKey::Everyone], "one").await;
    assert_eq!(harness.store.deliveries(harness.tenant, one.id, None, 10).await.unwrap().1.pending, 1);
    harness.store.remove_webhook(harness.tenant, silent.id).await.unwrap();
    let two = harness.send(&[AudienceKey::Everyone], "two").await;
    let due = claim(&harness, now(), 1).await;
    assert_eq!(due[0].webhook.as_ref(), Some(&hook));
    record(&harness, &due[0], AfterAttempt::Gone).await;
    assert!(harness.store.webhooks(harness.tenant).await.unwrap()[0].disabled.is_some());
    // Deliveries that wait for it are shown as rejected. They are still leased, in order to be rejected.
    let (page, counts) = harness.store.deliveries(harness.tenant, two.id, None, 10).await.unwrap();
    assert_eq!((page[0].state, page[0].due_at, counts.pending, counts.rejected), (DeliveryState::Rejected, None, 0, 1));
    let refused = claim(&harness, now(), 10).await;
    assert_eq!(refused.iter().map(|due| due.skip_reason.clone()).collect::<Vec<_>>(), [Some(SkipReason::Gone("Gone".into()))]);
    record(&harness, &refused[0], AfterAttempt::Rejected).await;
    assert!(claim(&harness, now() + TimeDelta::days(1), 10).await.is_empty());
    let third = harness.send(&[AudienceKey::Everyone], "three").await;
    assert!(harness.store.deliveries(harness.tenant, third.id, None, 10).await.unwrap().0.is_empty());
}

pub async fn a_disabled_url_is_skipped_until_redelivery(harness: Harness) {
    let other = harness.tenant("other").await;
    let to_url = async |tenant, target: &str| {
        let mut new = harness.notification(&[AudienceKey::Everyone], target);
        post(&harness, &mut new, "a.example");
        new.deliveries[0].target = target.to_owned();
        harness.store.insert_notification(tenant, new, None).await.unwrap().id
    };
    let (gone, well) = ("https://a.example/gone", "https://a.example/well");
    let first = to_url(harness.tenant, gone).await;
    let due = claim(&harness, now(), 10).await;
    assert_eq!(due[0].skip_reason, None);
    record(&harness, &due[0], AfterAttempt::Gone).await;
    let second = to_url(harness.tenant, gone).await;
    assert_eq!(harness.store.deliveries(harness.tenant, second, None, 10).await.unwrap().1.rejected, 1);
    let later = claim(&harness, now(), 10).await;
    assert_eq!(later[0].skip_reason, Some(SkipReason::Gone("Gone".into())));
    record(&harness, &later[0], AfterAttempt::Rejected).await;
    // Another URL of the host and another tenant are not affected.
    to_url(harness.tenant, well).await;
    to_url(other, gone).await;
    let others = claim(&harness, now(), 10).await;
    assert_eq!(others.iter().map(|due| (due.target.as_str(), due.skip_reason.clone())).collect::<Vec<_>>(), [(well, None), (gone, None)]);
    for due in &others {
        record(&harness, due, AfterAttempt::Delivered).await;
    }
    // A request for another attempt makes one, and later notifications are delivered again too.
    assert_eq!(harness.store.redeliver(harness.tenant, first, now()).await.unwrap(), 1);
    to_url(harness.tenant, gone).await;
    let again = claim(&harness, now(), 10).await;
    assert_eq!(again.iter().map(|due| due.skip_reason.clone()).collect::<Vec<_>>(), [None, None]);
    // A URL that accepts a delivery works again.
    record(&harness, &again[0], AfterAttempt::Gone).await;
    record(&harness, &again[1], AfterAttempt::Delivered).await;
    to_url(harness.tenant, gone).await;
    assert_eq!(claim(&harness, now(), 10).await[0].skip_reason, None);
}

pub async fn a_lease_is_released_only_by_its_holder(harness: Harness) {
    let mut new = harness.notification(&[AudienceKey::Everyone], "hello");
    post(&harness, &mut new, "a.example");
    harness.accept(new).await;
    let first = claim(&harness, now(), 10).await;
    let lease = now() + TimeDelta::seconds(60);
    harness.store.release_leases(vec![(first[0].id, lease)], now()).await.unwrap();
    let second = claim(&harness, now() + TimeDelta::seconds(1), 10).await;
    assert_eq!(second[0].id, first[0].id);
    // Another call has leased it in the meantime.
    harness.store.release_leases(vec![(first[0].id, lease)], now()).await.unwrap();
    assert!(claim(&harness, now() + TimeDelta::seconds(60), 10).await.is_empty());
    record(&harness, &second[0], AfterAttempt::Delivered).await;
    harness.store.release_leases(vec![(second[0].id, lease + TimeDelta::seconds(1))], now()).await.unwrap();
    assert_eq!(harness.store.next_due().await.unwrap(), None);
}

pub async fn first_attempts_are_distinguished(harness: Harness) {
    let sent = |hosts: &'static [&'static str]| {
        let mut new = harness.notification(&[AudienceKey::Everyone], "hello");
        hosts.iter().for_each(|host| post(&harness, &mut new, host));
        harness.accept(new)
    };
    let tried = async |id| harness.store.first_attempts(harness.tenant, id).await.unwrap();
    let nothing = sent(&[]).await;
    assert_eq!(tried(nothing.id).await, FirstAttempts::AllDelivered);
    let both = sent(&["a.example", "b.example"]).await;
    assert_eq!(tried(both.id).await, FirstAttempts::Pending);
    let due = claim(&harness, now(), 10).await;
    record(&harness, &due[0], AfterAttempt::Delivered).await;
    assert_eq!(tried(both.id).await, FirstAttempts::Pending);
    record(&harness, &due[1], AfterAttempt::Delivered).await;
    assert_eq!(tried(both.id).await, FirstAttempts::AllDelivered);
    let later = sent(&["a.example"]).await;
    let due = claim(&harness, now(), 10).await;
    record(&harness, &due[0], AfterAttempt::RetryAt(now() + TimeDelta::seconds(5))).await;
    assert_eq!(tried(later.id).await, FirstAttempts::SomeFailed);
    // A second attempt that succeeds does not change the result of the first.
    let due = claim(&harness, now() + TimeDelta::minutes(1), 10).await;
    record(&harness, &due[0], AfterAttempt::Delivered).await;
    assert_eq!(tried(later.id).await, FirstAttempts::SomeFailed);
    let other = harness.tenant("other").await;
    assert_eq!(
        harness.store.first_attempts(other, later.id).await.unwrap(),
        FirstAttempts::AllDelivered,
        "nothing of another tenant is listed"
    );
    // Mail counts as soon as it is to be planned.
    let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = MailRecipients::Everyone;
    let mailed = harness.accept(new).await;
    assert_eq!(tried(mailed.id).await, FirstAttempts::Pending);
    while harness.store.expand_mailing(now(), "relay", 10).await.unwrap() > 0 {}
    assert_eq!(tried(mailed.id).await, FirstAttempts::AllDelivered);
}
