//! A POST that is sent within the request that asks for it.

use campanile_domain::{
    channel::{self, Attempt, Channels, Verdict},
    delivery::{LEFT_ALONE, Target, Ways},
    send::Post,
    store::Claim,
    webhook::Formats,
};
use campanile_shared::delivery::DeliveryState;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::world::{World, post, start};

const URL: &str = "https://a.example/hook";

fn to_url(world: &World, id: u128, claim: Option<Claim>) -> (Post, Target) {
    let request = channel::Post { body: "{}".to_owned(), ..channel::Post::default() };
    let target = Target { url: URL.to_owned(), post: request.clone() };
    let message = post(&world.admin, "Hello");
    (Post { id: Some(Uuid::from_u128(id)), to: Vec::new(), ways: Ways::post(URL, request), claim, ..message }, target)
}

async fn state(world: &World, id: u128) -> (DeliveryState, usize) {
    let page = world.campanile.deliveries(&world.admin, Uuid::from_u128(id), None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    (page.items[0].state, page.items[0].attempts.len())
}

#[tokio::test]
async fn what_came_of_it_is_answered_and_recorded() {
    let world = World::new().await;
    let later = Attempt { verdict: Verdict::Retry { after: None }, answer: "503".to_owned() };
    for (id, attempt, expected) in [
        (1, Attempt::delivered("200"), DeliveryState::Delivered),
        (2, Attempt::rejected("400"), DeliveryState::Rejected),
        (3, later, DeliveryState::GivenUp),
    ] {
        world.http.answer(attempt.clone());
        let (post, target) = to_url(&world, id, None);
        assert_eq!(world.campanile.post_at_once(&world.admin, post, target).await.unwrap(), Some(attempt));
        assert_eq!(state(&world, id).await, (expected, 1));
    }
    let letters = world.http.letters();
    assert_eq!((letters.len(), letters[0].target.as_str(), letters[0].tenant.as_str()), (3, URL, "acme"));
    assert_eq!(letters[0].post.as_ref().map(|post| post.body.as_str()), Some("{}"));
}

#[tokio::test]
async fn a_repeat_is_not_posted_again() {
    let world = World::new().await;
    let claim = || Some(Claim { scope: "tests".to_owned(), key: "1".to_owned(), body: [1; 32], answer: None });
    let (first, target) = to_url(&world, 1, claim());
    assert!(world.campanile.post_at_once(&world.admin, first, target).await.unwrap().is_some());
    let (again, target) = to_url(&world, 2, claim());
    assert_eq!(world.campanile.post_at_once(&world.admin, again, target).await.unwrap(), None);
    assert_eq!(world.http.letters().len(), 1);
}

#[tokio::test]
async fn a_repeat_after_the_process_died_goes_on_under_the_same_id() {
    let world = World::new().await;
    let claim = || Some(Claim { scope: "tests".to_owned(), key: "1".to_owned(), body: [1; 32], answer: None });
    // The state that a crashed process leaves.
    let (first, target) = to_url(&world, 1, claim());
    world.campanile.post(&world.admin, first).await.unwrap();
    let (again, _) = to_url(&world, 2, claim());
    let attempt = world.campanile.post_at_once(&world.admin, again, target).await.unwrap();
    assert_eq!(attempt.map(|attempt| attempt.verdict), Some(Verdict::Delivered));
    assert_eq!(state(&world, 1).await, (DeliveryState::Delivered, 1));
}

#[tokio::test]
async fn a_url_that_takes_nothing_any_more_is_left_alone() {
    let world = World::new().await;
    world.http.answer(Attempt { verdict: Verdict::Gone, answer: "410".to_owned() });
    let (first, target) = to_url(&world, 1, None);
    let attempt = world.campanile.post_at_once(&world.admin, first, target).await.unwrap().unwrap();
    assert_eq!((attempt.verdict, attempt.answer.as_str()), (Verdict::Gone, "410"));
    let (second, target) = to_url(&world, 2, None);
    let attempt = world.campanile.post_at_once(&world.admin, second, target).await.unwrap().unwrap();
    assert_eq!((attempt.verdict, attempt.answer.as_str()), (Verdict::Gone, LEFT_ALONE));
    assert_eq!(world.http.letters().len(), 1, "the URL was called again");
    assert_eq!(state(&world, 2).await.0, DeliveryState::Rejected);
}

#[tokio::test]
async fn without_the_channel_nothing_is_posted() {
    let world = World::new().await;
    let campanile = world.campanile.clone().with_channels(Channels::default(), Formats::default());
    let (post, target) = to_url(&world, 1, None);
    let attempt = campanile.post_at_once(&world.admin, post, target).await.unwrap();
    assert_eq!(attempt, Some(Attempt::rejected("this channel is not configured")));
}

#[tokio::test]
async fn the_outbox_takes_up_what_was_never_answered_after_ten_minutes() {
    let world = World::new().await;
    let (post, target) = to_url(&world, 1, None);
    // The request is dropped during the attempt, like in a crash.
    let stuck = world
        .campanile
        .clone()
        .with_channels(Channels::new([std::sync::Arc::new(Stuck) as std::sync::Arc<dyn channel::Channel>]), Formats::default());
    {
        let mut request = std::pin::pin!(stuck.post_at_once(&world.admin, post, target));
        loop {
            tokio::select! {
                _ = &mut request => unreachable!("the attempt never ends"),
                () = tokio::task::yield_now() => {}
            }
            let stored = world.campanile.deliveries(&world.admin, Uuid::from_u128(1), None, 1).await;
            if stored.is_ok_and(|page| !page.items.is_empty()) {
                break;
            }
        }
    }
    let page = world.campanile.deliveries(&world.admin, Uuid::from_u128(1), None, 1).await.unwrap();
    assert_eq!((page.items[0].state, page.items[0].due_at), (DeliveryState::Pending, Some(start() + TimeDelta::minutes(10))));
}

/// A channel whose attempts never end.
struct Stuck;

#[async_trait::async_trait]
impl channel::Channel for Stuck {
    fn name(&self) -> campanile_shared::Channel {
        campanile_shared::Channel::Http
    }

    fn lane(&self, target: &str) -> String {
        target.to_owned()
    }

    async fn attempt(&self, _: &channel::Letter) -> Attempt {
        std::future::pending().await
    }
}
