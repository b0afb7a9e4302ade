//! Sends the commits to the open streams in order, and recounts inboxes that lost notifications.

use std::{collections::BTreeSet, sync::Arc};

use campanile_domain::{Campanile, PersonId, StoreEvent, TenantId};
use tokio::sync::mpsc;

use super::{
    access_check,
    hub::{Affected, CommitReceiver, Hub},
    subscription::{Arrival, Update},
};
use crate::cors::AllowedOrigins;

/// Sends commits to the subscriptions until the store is closed.
pub async fn run_hub(hub: Arc<Hub>, news: CommitReceiver, campanile: Campanile, origins: Arc<AllowedOrigins>) {
    let mut news = news.lock().await;
    let (recount, dirty) = mpsc::unbounded_channel();
    let (check, doubtful) = mpsc::unbounded_channel();
    // All on one task, so that all stop when one fails.
    tokio::select! {
        () = dispatch(&hub, &mut news, recount.clone(), check) => {}
        () = refresh_counts(&hub, dirty, &campanile) => {}
        () = access_check::check_access(&hub, doubtful, recount, &campanile, &origins) => {}
    }
}

async fn dispatch(
    hub: &Hub,
    news: &mut mpsc::UnboundedReceiver<StoreEvent>,
    recount: mpsc::UnboundedSender<(TenantId, PersonId)>,
    check: mpsc::UnboundedSender<Affected>,
) {
    while let Some(committed) = news.recv().await {
        match committed {
            StoreEvent::Arrived { tenant, notification, keys } => {
                let arrival = Arc::new(Arrival::new(notification));
                for key in keys.iter() {
                    for subscription in hub.for_key(tenant, key) {
                        subscription.push(Update::Arrived(arrival.clone()), hub.lag());
                    }
                }
            }
            StoreEvent::Changed { person, changes, snapshot, .. } => {
                let changes: Option<Arc<[_]>> = changes.map(Into::into);
                for subscription in hub.for_person(person) {
                    subscription.push(Update::Changed(changes.clone(), snapshot), hub.lag());
                }
            }
            StoreEvent::Withdrawn { tenant, keys } => {
                let people: BTreeSet<_> =
                    keys.iter().flat_map(|key| hub.for_key(tenant, key)).map(|subscription| (tenant, subscription.person)).collect();
                for person in people {
                    let _ = recount.send(person);
                }
            }
            StoreEvent::MembershipChanged { person, .. } => hub.close_person(person),
            StoreEvent::CredentialsChanged { tenant, person } => {
                let _ = check.send(person.map_or(Affected::Tenant(tenant), Affected::Person));
            }
            StoreEvent::ChangedByOtherProcess => {
                let _ = check.send(Affected::All);
            }
        }
    }
}

/// Sends new counts to the people whose inboxes lost notifications, one person after the other.
async fn refresh_counts(hub: &Hub, mut dirty: mpsc::UnboundedReceiver<(TenantId, PersonId)>, campanile: &Campanile) {
    while let Some((tenant, person)) = dirty.recv().await {
        match campanile.store().snapshot(tenant, person).await {
            Ok(snapshot) => {
                for subscription in hub.for_person(person) {
                    subscription.push(Update::Changed(None, snapshot), hub.lag());
                }
            }
            // The clients reconnect and get the counts then.
            Err(_) => hub.close_person(person),
        }
    }
}
