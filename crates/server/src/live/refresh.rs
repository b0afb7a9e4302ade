//! Sends what happened in an inbox to the streams of its person: the person's own changes, in this or another client,
//! and notifications that were withdrawn.

use std::{collections::BTreeSet, sync::Arc};

use campanile_domain::{Campanile, PersonId, TenantId, model::inbox_item::InboxUpdate};
use campanile_shared::Snapshot;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::{
    hub::Hub,
    subscription::{Subscription, Update},
};
use crate::problem;

/// Refreshes the inboxes that are received, one after the other. `again` takes an inbox that must be read once more.
pub async fn refresh_inboxes(
    hub: &Hub,
    mut outdated: UnboundedReceiver<(TenantId, PersonId)>,
    again: &UnboundedSender<(TenantId, PersonId)>,
    campanile: &Campanile,
) {
    while let Some(first) = outdated.recv().await {
        // Several changes of one inbox are read together.
        let mut inboxes = BTreeSet::from([first]);
        while let Ok(next) = outdated.try_recv() {
            inboxes.insert(next);
        }
        for (tenant, person) in inboxes {
            if !refresh_streams(campanile, &hub.for_person(person), hub.lag()).await {
                let _ = again.send((tenant, person));
            }
        }
    }
}

/// Sends the streams of one person what happened since the oldest of their snapshots. Returns false when a stream got
/// an arrival meanwhile that this update does not include: then the inbox must be read again.
pub async fn refresh_streams(campanile: &Campanile, subscriptions: &[Arc<Subscription>], lag: usize) -> bool {
    // A stream that is just starting reads the inbox itself, when it has started.
    let started: Vec<_> =
        subscriptions.iter().filter_map(|subscription| subscription.request_refresh().map(|known| (subscription, known))).collect();
    let Some((first, known)) = started.first().copied() else { return true };
    let since = started.iter().fold(known, |oldest, (_, known)| Snapshot {
        sequence: oldest.sequence.min(known.sequence),
        revision: oldest.revision.min(known.revision),
        ..oldest
    });
    match campanile.inbox_since(&first.listener(), since).await {
        Ok(InboxUpdate::CaughtUp(missed)) => {
            let missed = Arc::new(missed);
            started.iter().fold(true, |all, (subscription, _)| subscription.push(Update::CaughtUp(missed.clone()), lag) && all)
        }
        Ok(InboxUpdate::Reset(snapshot)) => {
            started.iter().fold(true, |all, (subscription, _)| subscription.push(Update::Reset(snapshot), lag) && all)
        }
        Err(error) => {
            problem::log(&error);
            // The clients reconnect and catch up from the store.
            started.iter().for_each(|(subscription, _)| subscription.close(None));
            true
        }
    }
}
