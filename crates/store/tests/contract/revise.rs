//! Recalling and correcting notifications.

use campanile_domain::{
    AudienceKey, Committed, Error,
    delivery::{self, NewDelivery},
    notification::Reviser,
    store::Room,
};
use campanile_shared::{Channel, Filter, View, delivery::DeliveryState, sent::SenderKind};
use chrono::TimeDelta;

use crate::world::{World, now, role, text, view};

pub fn by(name: &str) -> Reviser {
    Reviser { name: name.to_owned(), kind: SenderKind::Person }
}

fn containing(text: &str) -> Filter {
    Filter { text: Some(text.to_owned()), ..Filter::default() }
}

pub async fn what_is_recalled_leaves_the_inboxes_and_stays_for_its_sender(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    world.relate(ada, "ADMIN", true).await;
    let mut new = world.notification(&[role("ADMIN")], "wrong");
    for target in ["https://a.example/", "https://b.example/"] {
        new.deliveries.push(NewDelivery {
            id: delivery::id(new.id, Channel::Http, target),
            channel: Channel::Http,
            target: target.to_owned(),
            lane: "lane".to_owned(),
            post: None,
            due_at: now(),
        });
    }
    let sent = world.accept(new).await;
    let (before, others) = (world.snapshot(ada).await, world.snapshot(bo).await);
    world.heard().await;
    let other = world.tenant("other").await;
    assert!(matches!(world.store.recall(other, sent.id, by("Ada"), now()).await, Err(Error::NotFound)));
    // A notification that was not recalled is not cancelled.
    assert_eq!(world.store.cancel(world.tenant, sent.id, now(), 9).await.unwrap(), 0);
    world.store.recall(world.tenant, sent.id, by("Ada"), now()).await.unwrap();
    world.store.recall(world.tenant, sent.id, by("Bo"), now() + TimeDelta::hours(1)).await.unwrap();
    let heard = world.heard().await;
    assert!(matches!(&heard[..], [Committed::Withdrawn { keys, .. }] if keys[..] == [role("ADMIN")]), "{heard:?}");
    let after = world.snapshot(ada).await;
    assert!(after.counts.total == 0 && after.is_newer_than(&before));
    assert_eq!(world.snapshot(bo).await, others);
    assert!(world.titles(ada, &view(View::Inbox)).await.is_empty());
    assert!(world.titles(ada, &containing("wrong")).await.is_empty());
    let kept = world.store.notification(world.tenant, sent.id).await.unwrap().unwrap();
    assert_eq!((kept.message.content[0].title.as_str(), kept.revised.recalled_at), ("wrong", Some(now())));
    // Repeating it changes nothing, not even who did it.
    assert_eq!((kept.revised.recalled_by, kept.revised.corrected_by), (Some(by("Ada")), None));
    assert_eq!(world.store.cancel(world.tenant, sent.id, now(), 1).await.unwrap(), 1);
    assert_eq!(world.store.cancel(world.tenant, sent.id, now(), 9).await.unwrap(), 1);
    let room = Room { widths: vec![(Channel::Http, 9)], ..Room::default() };
    assert!(world.store.claim(now(), now() + TimeDelta::minutes(1), room, 9).await.unwrap().is_empty());
    let (deliveries, counts) = world.store.deliveries(world.tenant, sent.id, None, 9).await.unwrap();
    assert_eq!((counts.rejected, deliveries[0].state, deliveries[0].attempts.len()), (2, DeliveryState::Rejected, 1));
    // Nothing is left to correct.
    assert!(matches!(world.store.correct(world.tenant, sent.id, vec![text("right")], by("Ada"), now()).await, Err(Error::NotFound)));
}

pub async fn what_is_corrected_says_so_everywhere(world: World) {
    let ada = world.person("ada").await;
    let indexed = world.send(&[AudienceKey::Everyone], "wrong number").await;
    // A search writes the index, so that the correction must replace its entry.
    assert_eq!(world.titles(ada, &containing("wrong")).await, ["wrong number"]);
    let fresh = world.send(&[AudienceKey::Everyone], "wrong again").await;
    world.act(ada, campanile_shared::inbox::Action::Read, &[fresh.id]).await;
    let before = world.snapshot(ada).await;
    world.heard().await;
    for (sent, name) in [(&indexed, "Ada"), (&fresh, "Bo")] {
        world.store.correct(world.tenant, sent.id, vec![text("right number"), text("zweitens")], by(name), now()).await.unwrap();
    }
    let heard = world.heard().await;
    assert!(matches!(&heard[..], [Committed::Withdrawn { .. }, Committed::Withdrawn { .. }]), "{heard:?}");
    // A reader who fetches again gets the new text, and the item keeps its state.
    let after = world.snapshot(ada).await;
    assert!(after.is_newer_than(&before) && after.counts == before.counts);
    assert_eq!(world.titles(ada, &view(View::Inbox)).await, ["right number", "right number"]);
    assert!(world.titles(ada, &containing("wrong")).await.is_empty());
    assert_eq!(world.titles(ada, &containing("zweitens")).await.len(), 2);
    let item = world.store.item(world.tenant, ada, fresh.id).await.unwrap().unwrap();
    assert!(item.state.read && item.notification.revised.corrected_at == Some(now()));
    assert_eq!(item.notification.revised.corrected_by, Some(by("Bo")));
    let missed = world.store.missed(world.tenant, ada, before.sequence, before.revision, 9).await.unwrap();
    assert!(missed.is_none(), "a client that was away fetches anew");
    let other = world.tenant("other").await;
    assert!(matches!(world.store.correct(other, fresh.id, vec![text("x")], by("Ada"), now()).await, Err(Error::NotFound)));
}
