//! Housekeeping: snoozed items come back, expired items leave, old notifications are deleted.

use std::sync::Arc;

use campanile_domain::{Campanile, SystemRandom, retention::Progress};
use campanile_shared::{
    Change,
    inbox::{Action, Selection},
};
use chrono::TimeDelta;

use crate::world::{World, draft, start};

#[tokio::test]
async fn what_was_snoozed_comes_back_and_what_expires_goes() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let hour = TimeDelta::hours(1);
    let id = world.campanile.send(&world.admin, draft("Later"), None).await.unwrap().id;
    let mut short = draft("Short");
    short.expires_at = Some(start() + hour);
    world.campanile.send(&world.admin, short, None).await.unwrap();
    let snooze = Change { action: Action::Snooze, until: Some(start() + hour), items: Selection::Ids(vec![id]) };
    world.campanile.change(&ada, snooze).await.unwrap();
    world.campanile.tidy().await.unwrap();
    assert_eq!(world.titles(&ada).await, ["Short"]);
    world.pass(hour);
    assert_eq!(world.campanile.tidy().await.unwrap(), Progress::Done);
    assert_eq!(world.titles(&ada).await, ["Later"]);
}

#[tokio::test]
async fn a_full_step_says_that_there_may_be_more() {
    let world = World::new().await;
    let mut short = draft("Short");
    short.expires_at = Some(start() + TimeDelta::hours(1));
    world.send_many(&short, 500).await;
    assert_eq!(world.campanile.tidy().await.unwrap(), Progress::Done);
    world.pass(TimeDelta::hours(1));
    assert_eq!(world.campanile.tidy().await.unwrap(), Progress::More);
    assert_eq!(world.campanile.tidy().await.unwrap(), Progress::Done);
}

#[tokio::test]
async fn what_is_old_is_deleted_in_its_time() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    world.campanile.send(&world.admin, draft("Old"), None).await.unwrap();
    world.campanile.tidy().await.unwrap();
    for _ in 0..90 {
        world.pass(TimeDelta::days(1));
        world.campanile.tidy().await.unwrap();
    }
    assert_eq!(world.titles(&ada).await, ["Old"]);
    world.pass(TimeDelta::days(1));
    world.campanile.tidy().await.unwrap();
    assert!(world.titles(&ada).await.is_empty());
}

/// The same store and clock after a restart.
fn restarted(world: &World, store: Arc<dyn campanile_domain::Store>) -> Campanile {
    Campanile::new(store, world.watch.clone(), Arc::new(SystemRandom))
}

#[tokio::test]
async fn a_clock_that_is_far_ahead_at_a_start_deletes_a_day_s_worth_and_sends_nothing_for_an_hour() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let mut later = draft("Later");
    later.not_before = Some(start() + TimeDelta::days(30));
    world.campanile.send(&world.admin, draft("Old"), None).await.unwrap();
    world.campanile.send(&world.admin, later, None).await.unwrap();
    world.campanile.tidy().await.unwrap();
    let folder = world.folder();
    world.pass(TimeDelta::days(365));
    let again = restarted(&world, crate::world::open(folder));
    assert_eq!(again.send_due().await.unwrap(), 0);
    again.tidy().await.unwrap();
    assert_eq!(world.titles(&ada).await, ["Old"]);
    let known = again.store().deletion_time().await.unwrap().unwrap();
    assert_eq!((known.at, known.put_on_at), (start() + TimeDelta::days(1), start() + TimeDelta::days(365)));
    world.pass(TimeDelta::minutes(59));
    assert_eq!(again.send_due().await.unwrap(), 0);
    world.pass(TimeDelta::minutes(1));
    assert_eq!(again.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn a_clock_that_is_a_week_ahead_at_a_start_is_believed() {
    let world = World::new().await;
    let mut later = draft("Later");
    later.not_before = Some(start() + TimeDelta::days(7));
    world.campanile.send(&world.admin, later, None).await.unwrap();
    world.campanile.tidy().await.unwrap();
    world.pass(TimeDelta::days(7));
    let again = restarted(&world, crate::world::open(world.folder()));
    assert_eq!(again.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn the_deletion_time_is_stored_every_ten_minutes() {
    let world = World::new().await;
    let store = world.campanile.store();
    let stored = async || store.deletion_time().await.unwrap().map(|known| known.at - start());
    world.campanile.tidy().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::zero()));
    world.pass(TimeDelta::seconds(599));
    world.campanile.tidy().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::zero()));
    world.pass(TimeDelta::seconds(1));
    world.campanile.tidy().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::minutes(10)));
    world.pass(TimeDelta::seconds(30));
    world.campanile.tidy().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::minutes(10)));
}
