//! Scheduled notifications: sending them once, and listing them.

use campanile_domain::{
    AudienceKey, Error, NewNotification,
    model::{idempotency::IdempotencyKey, routing::Routing, scheduled::ScheduledNotification},
};
use chrono::TimeDelta;

use crate::harness::{Harness, message, now};

pub async fn a_scheduled_notification_is_sent_once(harness: Harness) {
    let ada = harness.person("ada").await;
    let scheduled = |due_at| ScheduledNotification {
        id: harness.id(),
        due_at,
        to: vec![campanile_shared::Recipients::Everyone],
        routing: Routing::default(),
        message: message("later"),
    };
    let (later, draft) = (scheduled(Some(now() + TimeDelta::hours(1))), scheduled(None));
    let claim = IdempotencyKey { scope: "s".into(), key: "k".into(), body_sha256: [1; 32], answer: None };
    let first = harness.store.schedule(harness.tenant, &later, Some(claim.clone()), now()).await.unwrap();
    assert_eq!((first.id, first.sequence, first.repeated), (later.id, 0, false));
    let repeat = harness.store.schedule(harness.tenant, &scheduled(None), Some(claim), now()).await.unwrap();
    assert_eq!((repeat.id, repeat.repeated), (later.id, true));
    harness.store.schedule(harness.tenant, &draft, None, now()).await.unwrap();
    assert_eq!(*harness.store.scheduled(harness.tenant, None, 10).await.unwrap(), [later.clone(), draft.clone()]);
    assert_eq!(harness.store.scheduled_notification(harness.tenant, draft.id).await.unwrap(), Some(draft.clone()));
    assert!(harness.store.due_scheduled(now(), 10).await.unwrap().is_empty());
    assert_eq!(harness.store.next_due().await.unwrap(), later.due_at);
    let at = now() + TimeDelta::hours(1);
    assert_eq!(harness.store.due_scheduled(at, 10).await.unwrap(), [(harness.tenant, later.clone())]);
    let publish = || NewNotification::new(later.id, at, later.to.clone(), vec![AudienceKey::Everyone], later.message.clone());
    assert_eq!(harness.store.publish_scheduled(harness.tenant, publish()).await.unwrap().sequence, 1);
    assert!(matches!(harness.store.publish_scheduled(harness.tenant, publish()).await, Err(Error::NotFound)));
    assert_eq!(harness.store.snapshot(harness.tenant, ada).await.unwrap().counts.total, 1);
    harness.store.cancel_scheduled(harness.tenant, draft.id).await.unwrap();
    assert!(matches!(harness.store.cancel_scheduled(harness.tenant, draft.id).await, Err(Error::NotFound)));
}

pub async fn scheduled_notifications_are_listed_page_by_page(harness: Harness) {
    let other = harness.tenant("other").await;
    let at = |minutes: Option<i64>| ScheduledNotification {
        id: harness.id(),
        due_at: minutes.map(|minutes| now() + TimeDelta::minutes(minutes)),
        to: vec![campanile_shared::Recipients::Everyone],
        routing: Routing::default(),
        message: message("later"),
    };
    let kept: Vec<_> = [Some(5), None, Some(1), Some(5), None, Some(5)].map(at).into_iter().collect();
    for scheduled in &kept {
        harness.store.schedule(harness.tenant, scheduled, None, now()).await.unwrap();
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = harness.store.scheduled(harness.tenant, after, 2).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [2, 0, 3, 5, 1, 4].map(|at| kept[at].clone()));
    assert!(harness.store.scheduled(other, None, 10).await.unwrap().is_empty());
    assert_eq!(harness.store.scheduled_notification(other, kept[0].id).await.unwrap(), None);
}
