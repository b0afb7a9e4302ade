//! Housekeeping: snoozed items come back, expired items leave, old notifications are deleted.

use std::sync::Arc;

use campanile_domain::{Campanile, SystemRandom, housekeeping::Progress};
use campanile_shared::{
    InboxChange,
    inbox::{Action, Selection},
};
use chrono::TimeDelta;

use crate::harness::{Harness, send_request, start_time};

#[tokio::test]
async fn snoozed_items_come_back_and_expired_items_leave() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let hour = TimeDelta::hours(1);
    let id = harness.campanile.send(&harness.admin, send_request("Later"), None).await.unwrap().id;
    let mut short = send_request("Short");
    short.expires_at = Some(start_time() + hour);
    harness.campanile.send(&harness.admin, short, None).await.unwrap();
    let snooze = InboxChange { action: Action::Snooze, until: Some(start_time() + hour), items: Selection::Ids(vec![id]) };
    harness.campanile.change(&ada, snooze).await.unwrap();
    harness.campanile.housekeeping_step().await.unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Short"]);
    harness.advance(hour);
    assert_eq!(harness.campanile.housekeeping_step().await.unwrap(), Progress::Done);
    assert_eq!(harness.inbox_titles(&ada).await, ["Later"]);
}

#[tokio::test]
async fn a_full_step_reports_more_work() {
    let harness = Harness::new().await;
    let mut short = send_request("Short");
    short.expires_at = Some(start_time() + TimeDelta::hours(1));
    harness.send_many(&short, 500).await;
    assert_eq!(harness.campanile.housekeeping_step().await.unwrap(), Progress::Done);
    harness.advance(TimeDelta::hours(1));
    assert_eq!(harness.campanile.housekeeping_step().await.unwrap(), Progress::More);
    assert_eq!(harness.campanile.housekeeping_step().await.unwrap(), Progress::Done);
}

#[tokio::test]
async fn old_notifications_are_deleted_after_the_retention_time() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    harness.campanile.send(&harness.admin, send_request("Old"), None).await.unwrap();
    harness.campanile.housekeeping_step().await.unwrap();
    for _ in 0..90 {
        harness.advance(TimeDelta::days(1));
        harness.campanile.housekeeping_step().await.unwrap();
    }
    assert_eq!(harness.inbox_titles(&ada).await, ["Old"]);
    harness.advance(TimeDelta::days(1));
    harness.campanile.housekeeping_step().await.unwrap();
    assert!(harness.inbox_titles(&ada).await.is_empty());
}

/// The same store and clock after a restart.
fn restarted(harness: &Harness, store: Arc<dyn campanile_domain::Store>) -> Campanile {
    Campanile::new(store, harness.clock.clone(), Arc::new(SystemRandom))
}

#[tokio::test]
async fn a_clock_far_ahead_at_start_deletes_one_day_and_sends_nothing_for_an_hour() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let mut later = send_request("Later");
    later.not_before = Some(start_time() + TimeDelta::days(30));
    harness.campanile.send(&harness.admin, send_request("Old"), None).await.unwrap();
    harness.campanile.send(&harness.admin, later, None).await.unwrap();
    harness.campanile.housekeeping_step().await.unwrap();
    let folder = harness.folder();
    harness.advance(TimeDelta::days(365));
    let again = restarted(&harness, crate::harness::open_store(folder));
    assert_eq!(again.send_due().await.unwrap(), 0);
    again.housekeeping_step().await.unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Old"]);
    let known = harness.store.deletion_time().await.unwrap().unwrap();
    assert_eq!((known.at, known.advanced_at), (start_time() + TimeDelta::days(1), start_time() + TimeDelta::days(365)));
    harness.advance(TimeDelta::minutes(59));
    assert_eq!(again.send_due().await.unwrap(), 0);
    harness.advance(TimeDelta::minutes(1));
    assert_eq!(again.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn a_clock_a_week_ahead_at_start_is_accepted() {
    let harness = Harness::new().await;
    let mut later = send_request("Later");
    later.not_before = Some(start_time() + TimeDelta::days(7));
    harness.campanile.send(&harness.admin, later, None).await.unwrap();
    harness.campanile.housekeeping_step().await.unwrap();
    harness.advance(TimeDelta::days(7));
    let again = restarted(&harness, crate::harness::open_store(harness.folder()));
    assert_eq!(again.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn the_deletion_time_is_stored_every_ten_minutes() {
    let harness = Harness::new().await;
    let store = &harness.store;
    let stored = async || store.deletion_time().await.unwrap().map(|known| known.at - start_time());
    harness.campanile.housekeeping_step().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::zero()));
    harness.advance(TimeDelta::seconds(599));
    harness.campanile.housekeeping_step().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::zero()));
    harness.advance(TimeDelta::seconds(1));
    harness.campanile.housekeeping_step().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::minutes(10)));
    harness.advance(TimeDelta::seconds(30));
    harness.campanile.housekeeping_step().await.unwrap();
    assert_eq!(stored().await, Some(TimeDelta::minutes(10)));
}
