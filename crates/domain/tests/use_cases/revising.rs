//! Recalls and corrections, and the delivery report.

use std::time::Duration;

use campanile_domain::{
    Error,
    channel::{Attempt, Verdict},
    delivery::Tried,
    outbox::{Outbox, OutboxOptions},
};
use campanile_shared::{
    Button, Change, Channel, HttpPost,
    delivery::DeliveryState,
    draft::DraftContent,
    inbox::{Action, Selection},
    problem::FieldFault,
};
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, draft, fault, faults, post},
};

#[tokio::test]
async fn a_recalled_notification_is_in_no_inbox_and_still_in_the_list() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let id = world.campanile.send(&world.admin, draft("Oops"), None).await.unwrap().id;
    let recalled = world.campanile.recall(&world.admin, id).await.unwrap();
    assert_eq!((recalled.id, recalled.recalled_by.as_deref()), (id, Some("admin")));
    assert!(recalled.recalled_at.is_some() && world.titles(&ada).await.is_empty());
    assert_eq!(world.campanile.recall(&world.admin, id).await.unwrap(), recalled, "a second recall changes nothing");
    assert_refused!(world.campanile.recall(&world.admin, Uuid::nil()).await, Error::NotFound);
    assert_eq!(world.campanile.redeliver(&world.admin, id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_correction_says_something_else_in_every_inbox() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let id = world.campanile.send(&world.admin, draft("Satruday"), None).await.unwrap().id;
    let content = |title: &str| vec![DraftContent { language: "en".into(), title: title.into(), ..DraftContent::default() }];
    let corrected = world.campanile.correct(&world.admin, id, content("Saturday")).await.unwrap();
    assert_eq!((corrected.content[0].title.as_str(), corrected.corrected_by.as_deref()), ("Saturday", Some("admin")));
    assert_eq!(world.titles(&ada).await, ["Saturday"]);
    assert_eq!(faults(world.campanile.correct(&world.admin, id, content("")).await), fault("/content/0/title", FieldFault::Missing));
    world.campanile.recall(&world.admin, id).await.unwrap();
    assert_refused!(world.campanile.correct(&world.admin, id, content("Sunday")).await, Error::NotFound);
}

#[tokio::test]
async fn a_report_says_who_has_it_and_who_pressed_what() {
    let world = World::new().await;
    let (ada, bo) = (world.person("ada", false).await, world.person("bo", false).await);
    let mut with_button = post(&world.admin, "Approve?");
    with_button.message.buttons = vec![Button { label: "Yes".to_owned(), primary: true, link: None, data: Some("7".to_owned()) }];
    let id = world.campanile.post(&world.admin, with_button).await.unwrap().id;
    world.campanile.change(&ada, Change::new(Action::Read, Selection::Ids(vec![id]))).await.unwrap();
    let pressed = world.campanile.press(&bo, id, 0).await.unwrap();
    assert!(pressed.buttons[0].pressed_at.is_some());
    assert_refused!(world.campanile.press(&bo, id, 1).await, Error::NotFound);
    let page = world.campanile.recipients(&world.admin, id, None, 1).await.unwrap();
    assert_eq!((page.items[0].login.as_str(), page.items[0].read, page.counts.people, page.counts.read), ("ada", true, 2, 1));
    let after = page.next.map(|next| campanile_domain::PersonId(next.parse().unwrap()));
    assert_eq!(world.campanile.recipients(&world.admin, id, after, 1).await.unwrap().items[0].login, "bo");
    let presses = world.campanile.presses(&world.admin, id, None, 10).await.unwrap();
    assert_eq!((presses.items.len(), presses.items[0].person.as_str(), presses.next), (1, "bo", None));
    for missing in [
        world.campanile.recipients(&world.admin, Uuid::nil(), None, 1).await.err(),
        world.campanile.presses(&world.admin, Uuid::nil(), None, 1).await.err(),
        world.campanile.deliveries(&world.admin, Uuid::nil(), None, 1).await.err(),
        world.campanile.redeliver(&world.admin, Uuid::nil()).await.err(),
    ] {
        assert!(matches!(missing, Some(Error::NotFound)), "{missing:?}");
    }
}

#[tokio::test]
async fn what_was_given_up_can_be_tried_again() {
    let world = World::new().await;
    let mut to_url = draft("Hello");
    (to_url.channel, to_url.to) = (Channel::Http, Vec::new());
    to_url.http = Some(HttpPost { url: "https://a.example/hook".to_owned(), ..HttpPost::default() });
    let id = world.campanile.send(&world.admin, to_url, None).await.unwrap().id;
    let tried = async |patience| world.campanile.first_attempts(&world.admin, id, patience).await.unwrap();
    assert_eq!(tried(Duration::ZERO).await, Tried::NotYet);
    let mut outbox = Outbox::new(world.campanile.clone(), OutboxOptions::default());
    world.http.answer(Attempt { verdict: Verdict::Rejected, answer: "400".to_owned() });
    outbox.drain().await.unwrap();
    assert_eq!(tried(Duration::from_secs(60)).await, Tried::InVain);
    assert_eq!(world.campanile.redeliver(&world.admin, id).await.unwrap(), 1);
    outbox.drain().await.unwrap();
    let page = world.campanile.deliveries(&world.admin, id, None, 10).await.unwrap();
    assert_eq!((page.items[0].state, page.items[0].attempts.len(), page.counts.delivered), (DeliveryState::Delivered, 2, 1));
    assert_eq!(tried(Duration::from_secs(60)).await, Tried::InVain, "the result of the first attempt is fixed");
    assert_eq!(world.campanile.redeliver(&world.admin, id).await.unwrap(), 0);
}

#[tokio::test]
async fn whoever_waits_for_the_first_attempts_hears_of_them() {
    let world = World::new().await;
    let mut to_url = draft("Hello");
    (to_url.channel, to_url.to) = (Channel::Http, Vec::new());
    to_url.http = Some(HttpPost { url: "https://a.example/hook".to_owned(), ..HttpPost::default() });
    let id = world.campanile.send(&world.admin, to_url, None).await.unwrap().id;
    let mut outbox = Outbox::new(world.campanile.clone(), OutboxOptions::default());
    let waits = world.campanile.first_attempts(&world.admin, id, Duration::from_secs(60));
    let (tried, drained) = tokio::join!(waits, outbox.drain());
    drained.unwrap();
    assert_eq!(tried.unwrap(), Tried::Taken);
}
