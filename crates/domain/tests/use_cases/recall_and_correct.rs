//! Recalls and corrections, and the delivery report.

use std::time::Duration;

use campanile_domain::{
    Error,
    model::{
        attempt_result::{AttemptOutcome, AttemptResult},
        delivery::FirstAttempts,
    },
    outbox::{Outbox, options::OutboxOptions},
};
use campanile_shared::{
    Button, Channel, HttpPost, InboxChange,
    delivery::DeliveryState,
    inbox::{Action, Selection},
    problem::FieldErrorCode,
    send_request::ContentInput,
};
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, send_request},
};

#[tokio::test]
async fn a_recalled_notification_leaves_inboxes_and_stays_in_the_list() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let id = harness.campanile.send(&harness.admin, send_request("Oops"), None).await.unwrap().id;
    let recalled = harness.campanile.recall(&harness.admin, id).await.unwrap();
    assert_eq!((recalled.id, recalled.recalled_by.as_deref()), (id, Some("admin")));
    assert!(recalled.recalled_at.is_some() && harness.inbox_titles(&ada).await.is_empty());
    assert_eq!(harness.campanile.recall(&harness.admin, id).await.unwrap(), recalled, "a second recall changes nothing");
    assert_refused!(harness.campanile.recall(&harness.admin, Uuid::nil()).await, Error::NotFound);
    assert_eq!(harness.campanile.redeliver(&harness.admin, id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_correction_changes_the_text_in_every_inbox() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let id = harness.campanile.send(&harness.admin, send_request("Satruday"), None).await.unwrap().id;
    let content = |title: &str| vec![ContentInput { language: "en".into(), title: title.into(), ..ContentInput::default() }];
    let corrected = harness.campanile.correct(&harness.admin, id, content("Saturday")).await.unwrap();
    assert_eq!((corrected.content[0].title.as_str(), corrected.corrected_by.as_deref()), ("Saturday", Some("admin")));
    assert_eq!(harness.inbox_titles(&ada).await, ["Saturday"]);
    assert_eq!(
        field_errors(harness.campanile.correct(&harness.admin, id, content("")).await),
        field_error("/content/0/title", FieldErrorCode::Missing)
    );
    harness.campanile.recall(&harness.admin, id).await.unwrap();
    assert_refused!(harness.campanile.correct(&harness.admin, id, content("Sunday")).await, Error::NotFound);
}

#[tokio::test]
async fn a_report_lists_recipients_and_button_clicks() {
    let harness = Harness::new().await;
    let (ada, bo) = (harness.add_person("ada", false).await, harness.add_person("bo", false).await);
    let mut with_button = harness.send_command("Approve?").await;
    with_button.message.buttons = vec![Button { label: "Yes".to_owned(), primary: true, link: None, data: Some("7".to_owned()) }];
    let id = harness.campanile.submit(&harness.admin, with_button).await.unwrap().id;
    harness.campanile.change(&ada, InboxChange::new(Action::Read, Selection::Ids(vec![id]))).await.unwrap();
    let pressed = harness.campanile.record_click(&bo, id, 0).await.unwrap();
    assert!(pressed.buttons[0].pressed_at.is_some());
    assert_refused!(harness.campanile.record_click(&bo, id, 1).await, Error::NotFound);
    let page = harness.campanile.recipients(&harness.admin, id, None, 1).await.unwrap();
    assert_eq!((page.items[0].login.as_str(), page.items[0].read, page.counts.people, page.counts.read), ("ada", true, 2, 1));
    let after = page.next.map(|next| campanile_domain::PersonId(next.parse().unwrap()));
    assert_eq!(harness.campanile.recipients(&harness.admin, id, after, 1).await.unwrap().items[0].login, "bo");
    let presses = harness.campanile.button_clicks(&harness.admin, id, None, 10).await.unwrap();
    assert_eq!((presses.items.len(), presses.items[0].person.as_str(), presses.next), (1, "bo", None));
    for missing in [
        harness.campanile.recipients(&harness.admin, Uuid::nil(), None, 1).await.err(),
        harness.campanile.button_clicks(&harness.admin, Uuid::nil(), None, 1).await.err(),
        harness.campanile.deliveries(&harness.admin, Uuid::nil(), None, 1).await.err(),
        harness.campanile.redeliver(&harness.admin, Uuid::nil()).await.err(),
    ] {
        assert!(matches!(missing, Some(Error::NotFound)), "{missing:?}");
    }
}

#[tokio::test]
async fn a_given_up_delivery_can_be_retried() {
    let harness = Harness::new().await;
    let mut to_url = send_request("Hello");
    (to_url.channel, to_url.to) = (Channel::Http, Vec::new());
    to_url.http = Some(HttpPost { url: "https://a.example/hook".to_owned(), ..HttpPost::default() });
    let id = harness.campanile.send(&harness.admin, to_url, None).await.unwrap().id;
    let tried = async |patience| harness.campanile.first_attempts(&harness.admin, id, patience).await.unwrap();
    assert_eq!(tried(Duration::ZERO).await, FirstAttempts::Pending);
    let mut outbox = Outbox::new(harness.campanile.clone(), OutboxOptions::default());
    harness.http_channel.respond_with(AttemptResult { outcome: AttemptOutcome::Rejected, detail: "400".to_owned() });
    outbox.drain().await.unwrap();
    assert_eq!(tried(Duration::from_secs(60)).await, FirstAttempts::SomeFailed);
    assert_eq!(harness.campanile.redeliver(&harness.admin, id).await.unwrap(), 1);
    outbox.drain().await.unwrap();
    let page = harness.campanile.deliveries(&harness.admin, id, None, 10).await.unwrap();
    assert_eq!((page.items[0].state, page.items[0].attempts.len(), page.counts.delivered), (DeliveryState::Delivered, 2, 1));
    assert_eq!(tried(Duration::from_secs(60)).await, FirstAttempts::SomeFailed, "the result of the first attempt is fixed");
    assert_eq!(harness.campanile.redeliver(&harness.admin, id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_caller_can_wait_for_the_first_attempts() {
    let harness = Harness::new().await;
    let mut to_url = send_request("Hello");
    (to_url.channel, to_url.to) = (Channel::Http, Vec::new());
    to_url.http = Some(HttpPost { url: "https://a.example/hook".to_owned(), ..HttpPost::default() });
    let id = harness.campanile.send(&harness.admin, to_url, None).await.unwrap().id;
    let mut outbox = Outbox::new(harness.campanile.clone(), OutboxOptions::default());
    let waits = harness.campanile.first_attempts(&harness.admin, id, Duration::from_secs(60));
    let (tried, drained) = tokio::join!(waits, outbox.drain());
    drained.unwrap();
    assert_eq!(tried.unwrap(), FirstAttempts::AllDelivered);
}
