//! The volume of sent notifications.

use campanile_domain::{AudienceKey, model::volume_filter::VolumeFilter};
use campanile_shared::{
    Severity,
    volume::{Volume, VolumeBySeverity},
};
use chrono::{Days, NaiveDate, TimeDelta};

use crate::harness::{Harness, now};

/// The first of the three days in these tests.
fn first() -> NaiveDate {
    now().date_naive() - Days::new(2)
}

async fn send(harness: &Harness, days_ago: i64, component: Option<&str>, severity: Severity, sender: &str) {
    let mut new = harness.notification(&[AudienceKey::Everyone], "x");
    new.accepted_at = now() - TimeDelta::days(days_ago);
    new.message.component = component.map(str::to_owned);
    new.message.severity = severity;
    new.message.source.sender = sender.to_owned();
    harness.accept(new).await;
}

async fn report(harness: &Harness, of: VolumeFilter) -> Volume {
    harness.store.volume(harness.tenant, first(), 3, &of).await.unwrap()
}

pub async fn volume_counts_once_by_day_component_and_sender(harness: Harness) {
    send(&harness, 5, Some("Backup"), Severity::Error, "ada").await;
    send(&harness, 2, Some("Backup"), Severity::Error, "ada").await;
    send(&harness, 0, Some("Backup"), Severity::Warning, "ci").await;
    send(&harness, 0, None, Severity::Information, "ci").await;
    send(&harness, 0, None, Severity::Information, "ci").await;
    let count = |limit| harness.store.count_volume(first(), limit);
    assert_eq!((count(4).await.unwrap(), count(4).await.unwrap(), count(4).await.unwrap()), (4, 1, 0));
    let all = report(&harness, VolumeFilter::All).await;
    let days: Vec<_> = all.days.iter().map(|day| (day.day, day.counts.total())).collect();
    assert_eq!(days, [(first(), 1), (first() + Days::new(1), 0), (first() + Days::new(2), 3)]);
    let components: Vec<_> = all.components.iter().map(|one| (one.component.as_deref(), one.counts)).collect();
    let twice = VolumeBySeverity { information: 2, ..VolumeBySeverity::default() };
    let both = VolumeBySeverity { warning: 1, error: 1, ..VolumeBySeverity::default() };
    assert!(
        components == [(None, twice), (Some("Backup"), both)] || components == [(Some("Backup"), both), (None, twice)],
        "{components:?}"
    );
    let senders: Vec<_> = all.senders.iter().map(|one| (one.sender.as_str(), one.count)).collect();
    assert_eq!(senders, [("ci", 3), ("ada", 1)]);
    let of = async |component: Option<&str>| report(&harness, VolumeFilter::Component(component.map(str::to_owned))).await.days[2].counts;
    assert_eq!(of(None).await, twice);
    assert_eq!(of(Some("Backup")).await, VolumeBySeverity { warning: 1, ..VolumeBySeverity::default() });
    assert_eq!(of(Some("nothing")).await, VolumeBySeverity::default());
    // The next step deletes days that are past.
    send(&harness, 0, None, Severity::Information, "ci").await;
    harness.store.count_volume(first() + Days::new(1), 9).await.unwrap();
    assert_eq!(report(&harness, VolumeFilter::All).await.days[0].counts.total(), 0);
    let other = harness.tenant("other").await;
    let theirs = harness.store.volume(other, first(), 3, &VolumeFilter::All).await.unwrap();
    assert!(theirs.components.is_empty() && theirs.senders.is_empty());
}

pub async fn a_day_counts_a_limited_number_separately(harness: Harness) {
    for at in 0..1_010 {
        send(&harness, 0, Some(&format!("part {at}")), Severity::Success, &format!("sender {at}")).await;
    }
    for _ in 0..2 {
        send(&harness, 0, Some("part 1"), Severity::Success, "sender 1").await;
    }
    while harness.store.count_volume(first(), 500).await.unwrap() > 0 {}
    let all = report(&harness, VolumeFilter::All).await;
    assert_eq!(all.days[2].counts.total(), 1_012);
    let (rest, named) = all.components.split_last().unwrap();
    assert_eq!((named.len(), named[0].component.as_deref(), named[0].counts.success), (20, Some("part 1"), 3));
    assert!(rest.others && rest.counts.success == 1_012 - 22);
    assert_eq!((all.senders.len(), all.senders[0].sender.as_str(), all.senders[0].count), (20, "sender 1", 3));
}
