//! Recalling and correcting notifications.

use campanile_domain::{
    AudienceKey, Error, StoreEvent,
    model::{
        delivery::{self, NewDelivery},
        notification::Reviser,
        queue_capacity::QueueCapacity,
    },
};
use campanile_shared::{Channel, Filter, View, delivery::DeliveryState, sent::SenderKind};
use chrono::TimeDelta;

use crate::harness::{Harness, now, role, text, view};

pub fn by(name: &str) -> Reviser {
    Reviser { name: name.to_owned(), kind: SenderKind::Person }
}

fn containing(text: &str) -> Filter {
    Filter { text: Some(text.to_owned()), ..Filter::default() }
}

pub async fn a_recalled_notification_leaves_inboxes_and_stays_for_its_sender(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "ADMIN", true).await;
    let mut new = harness.notification(&[role("ADMIN")], "wrong");
    for target in ["https://a.example/", "https://b.example/"] {
        new.deliveries.push(NewDelivery {
            id: delivery::delivery_id(new.id, Channel::Http, target),
            channel: Channel::Http,
            target: target.to_owned(),
            queue: "lane".to_owned(),
            request: None,
            due_at: now(),
        });
    }
    let sent = harness.accept(new).await;
    let (before, others) = (harness.snapshot(ada).await, harness.snapshot(bo).await);
    harness.events().await;
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.recall(other, sent.id, by("Ada"), now()).await, Err(Error::NotFound)));
    // A notification that was not recalled is not cancelled.
    assert_eq!(harness.store.cancel_deliveries(harness.tenant, sent.id, now(), 9).await.unwrap(), 0);
    harness.store.recall(harness.tenant, sent.id, by("Ada"), now()).await.unwrap();
    harness.store.recall(harness.tenant, sent.id, by("Bo"), now() + TimeDelta::hours(1)).await.unwrap();
    let events = harness.events().await;
    assert!(matches!(&events[..], [StoreEvent::Withdrawn { keys, .. }] if keys[..] == [role("ADMIN")]), "{events:?}");
    let after = harness.snapshot(ada).await;
    assert!(after.counts.total == 0 && after.is_newer_than(&before));
    assert_eq!(harness.snapshot(bo).await, others);
    assert!(harness.titles(ada, &view(View::Inbox)).await.is_empty());
    assert!(harness.titles(ada, &containing("wrong")).await.is_empty());
    let kept = harness.store.notification(harness.tenant, sent.id).await.unwrap().unwrap();
    assert_eq!((kept.message.content[0].title.as_str(), kept.revised.recalled_at), ("wrong", Some(now())));
    // Repeating it changes nothing, not even who did it.
    assert_eq!((kept.revised.recalled_by, kept.revised.corrected_by), (Some(by("Ada")), None));
    assert_eq!(harness.store.cancel_deliveries(harness.tenant, sent.id, now(), 1).await.unwrap(), 1);
    assert_eq!(harness.store.cancel_deliveries(harness.tenant, sent.id, now(), 9).await.unwrap(), 1);
    let room = QueueCapacity { concurrency: vec![(Channel::Http, 9)], ..QueueCapacity::default() };
    assert!(harness.store.lease_deliveries(now(), now() + TimeDelta::minutes(1), room, 9).await.unwrap().is_empty());
    let (deliveries, counts) = harness.store.deliveries(harness.tenant, sent.id, None, 9).await.unwrap();
    assert_eq!((counts.rejected, deliveries[0].state, deliveries[0].attempts.len()), (2, DeliveryState::Rejected, 1));
    // Nothing is left to correct.
    assert!(matches!(harness.store.correct(harness.tenant, sent.id, vec![text("right")], by("Ada"), now()).await, Err(Error::NotFound)));
}

pub async fn a_correction_shows_everywhere(harness: Harness) {
    let ada = harness.person("ada").await;
    let indexed = harness.send(&[AudienceKey::Everyone], "wrong number").await;
    // A search writes the index, so that the correction must replace its entry.
    assert_eq!(harness.titles(ada, &containing("wrong")).await, ["wrong number"]);
    let fresh = harness.send(&[AudienceKey::Everyone], "wrong again").await;
    harness.act(ada, campanile_shared::inbox::Action::Read, &[fresh.id]).await;
    let before = harness.snapshot(ada).await;
    harness.events().await;
    for (sent, name) in [(&indexed, "Ada"), (&fresh, "Bo")] {
        harness.store.correct(harness.tenant, sent.id, vec![text("right number"), text("zweitens")], by(name), now()).await.unwrap();
    }
    let events = harness.events().await;
    assert!(matches!(&events[..], [StoreEvent::Withdrawn { .. }, StoreEvent::Withdrawn { .. }]), "{events:?}");
    // A reader who fetches again gets the new text, and the item keeps its state.
    let after = harness.snapshot(ada).await;
    assert!(after.is_newer_than(&before) && after.counts == before.counts);
    assert_eq!(harness.titles(ada, &view(View::Inbox)).await, ["right number", "right number"]);
    assert!(harness.titles(ada, &containing("wrong")).await.is_empty());
    assert_eq!(harness.titles(ada, &containing("zweitens")).await.len(), 2);
    let item = harness.store.inbox_item(harness.tenant, ada, fresh.id).await.unwrap().unwrap();
    assert!(item.state.read && item.notification.revised.corrected_at == Some(now()));
    assert_eq!(item.notification.revised.corrected_by, Some(by("Bo")));
    let missed = harness.missed(ada, before, 9).await;
    assert!(missed.is_none(), "a client that was away fetches again");
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.correct(other, fresh.id, vec![text("x")], by("Ada"), now()).await, Err(Error::NotFound)));
}
