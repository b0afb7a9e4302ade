//! Scheduled and unscheduled notifications.

use campanile_domain::{
    Error,
    send::{SendCommand, SendTime},
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, person_recipient, send_request, start_time},
};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

#[tokio::test]
async fn a_scheduled_notification_is_sent_at_its_time() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let mut later = send_request("Later");
    later.not_before = Some(start_time() + MINUTE);
    let receipt = harness.campanile.send(&harness.admin, later, None).await.unwrap();
    assert_eq!((receipt.sequence, receipt.recipients, receipt.not_before), (0, 1, Some(start_time() + MINUTE)));
    let (waits, next) = harness.campanile.scheduled(&harness.admin, None, 10).await.unwrap();
    assert_eq!((waits.len(), waits[0].id, waits[0].due_at, next), (1, receipt.id, receipt.not_before, None));
    harness.advance(MINUTE - TimeDelta::seconds(1));
    assert_eq!(harness.campanile.send_due().await.unwrap(), 0);
    assert!(harness.inbox_titles(&ada).await.is_empty());
    harness.advance(TimeDelta::seconds(1));
    assert_eq!(harness.campanile.send_due().await.unwrap(), 1);
    assert_eq!(harness.campanile.send_due().await.unwrap(), 0);
    assert_eq!(harness.inbox_titles(&ada).await, ["Later"]);
    assert_eq!(harness.campanile.sent_notification(&harness.admin, receipt.id).await.unwrap().sequence, 1);
}

#[tokio::test]
async fn a_time_in_the_past_is_sent_at_once() {
    let harness = Harness::new().await;
    for (seconds, waits) in [(-1, false), (0, false), (1, true)] {
        let at = start_time() + TimeDelta::seconds(seconds);
        let mut draft = send_request("Hello");
        draft.not_before = Some(at);
        let receipt = harness.campanile.send(&harness.admin, draft, None).await.unwrap();
        assert_eq!((receipt.sequence == 0, receipt.not_before.is_some()), (waits, waits), "{seconds}");
        let accepted = harness
            .campanile
            .submit(&harness.admin, SendCommand { send_at: SendTime::At(at), ..harness.send_command("Hello").await })
            .await
            .unwrap();
        assert_eq!(accepted.sequence == 0, waits, "{seconds}");
    }
}

#[tokio::test]
async fn an_unscheduled_notification_waits_until_it_is_sent() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let kept = harness
        .campanile
        .submit(&harness.admin, SendCommand { send_at: SendTime::Unscheduled, ..harness.send_command("Draft").await })
        .await
        .unwrap();
    assert_eq!(kept.sequence, 0);
    harness.advance(TimeDelta::days(300));
    assert_eq!(harness.campanile.send_due().await.unwrap(), 0);
    let sent = harness.campanile.send_now(&harness.admin, kept.id).await.unwrap();
    assert_eq!((sent.id, sent.sequence), (kept.id, 1));
    assert_eq!(harness.inbox_titles(&ada).await, ["Draft"]);
    assert_refused!(harness.campanile.send_now(&harness.admin, kept.id).await, Error::NotFound);
    assert_refused!(harness.campanile.send_now(&harness.admin, Uuid::nil()).await, Error::NotFound);
}

#[tokio::test]
async fn scheduled_notifications_are_listed_by_page_and_can_be_cancelled() {
    let harness = Harness::new().await;
    let mut ids = Vec::new();
    for minutes in [1, 2] {
        let mut draft = send_request("Later");
        draft.not_before = Some(start_time() + MINUTE * minutes);
        ids.push(harness.campanile.send(&harness.admin, draft, None).await.unwrap().id);
    }
    let (first, next) = harness.campanile.scheduled(&harness.admin, None, 1).await.unwrap();
    assert_eq!(first[0].id, ids[0]);
    let (second, _) = harness.campanile.scheduled(&harness.admin, next, 1).await.unwrap();
    assert_eq!(second[0].id, ids[1]);
    harness.campanile.cancel_scheduled(&harness.admin, ids[0]).await.unwrap();
    assert_refused!(harness.campanile.cancel_scheduled(&harness.admin, ids[0]).await, Error::NotFound);
    harness.advance(MINUTE * 5);
    assert_eq!(harness.campanile.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn a_recipient_who_left_does_not_block_the_others() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    harness.add_person("bo", false).await;
    let mut later = send_request("Later");
    (later.to, later.not_before) =
        (vec![person_recipient("bo"), person_recipient("ada"), person_recipient("portal:ada-1")], Some(start_time() + MINUTE));
    let id = harness.campanile.send(&harness.admin, later, None).await.unwrap().id;
    harness.campanile.remove_person(&harness.admin, "bo").await.unwrap();
    harness.advance(MINUTE);
    harness.campanile.send_due().await.unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Later"]);
    assert_eq!(harness.campanile.recipients(&harness.admin, id, None, 10).await.unwrap().counts.people, 1);
}
