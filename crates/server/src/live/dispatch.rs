//! Sends the commits to the open streams. An event of the store contains only ids: what the streams need is read
//! from the store, once for all of them, and only while someone listens.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use campanile_domain::{Campanile, PersonId, Result, StoreEvent, TenantId};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};

use super::{
    access_check,
    hub::{Affected, Commit, CommitReceiver, Hub},
    refresh,
    subscription::{Arrival, Update},
};
use crate::{cors::AllowedOrigins, problem};

/// The most commits that are handled together.
const MAX_BATCH: usize = 1_024;

/// Sends commits to the subscriptions until the store is closed.
pub async fn run_hub(hub: Arc<Hub>, commits: CommitReceiver, campanile: Campanile, origins: Arc<AllowedOrigins>) {
    let mut commits = commits.lock().await;
    let (refresh, outdated) = mpsc::unbounded_channel();
    let (check, doubtful) = mpsc::unbounded_channel();
    // All on one task, so that all stop when one fails.
    tokio::select! {
        () = dispatch(&hub, &mut commits, &campanile, &refresh, &check) => {}
        () = refresh::refresh_inboxes(&hub, outdated, &refresh, &campanile) => {}
        () = access_check::check_access(&hub, doubtful, &refresh, &campanile, &origins) => {}
    }
}

async fn dispatch(
    hub: &Hub,
    commits: &mut UnboundedReceiver<Commit>,
    campanile: &Campanile,
    refresh: &UnboundedSender<(TenantId, PersonId)>,
    check: &UnboundedSender<Affected>,
) {
    let mut batch = Vec::new();
    while commits.recv_many(&mut batch, MAX_BATCH).await > 0 {
        let mut arrivals: BTreeMap<TenantId, (Vec<u64>, Instant)> = BTreeMap::new();
        for Commit { event, reported_at } in batch.drain(..) {
            match event {
                StoreEvent::Arrived { tenant, sequence } => arrivals.entry(tenant).or_insert((Vec::new(), reported_at)).0.push(sequence),
                StoreEvent::Changed { tenant, person, revision } => {
                    if hub.for_person(person).iter().any(|subscription| subscription.lacks(revision)) {
                        let _ = refresh.send((tenant, person));
                    }
                }
                StoreEvent::Withdrawn { tenant, keys } => {
                    let people: BTreeSet<_> =
                        keys.iter().flat_map(|key| hub.for_key(tenant, key)).map(|subscription| (tenant, subscription.person)).collect();
                    for person in people {
                        let _ = refresh.send(person);
                    }
                }
                // Before the arrivals of this batch, so that no one gets what they no longer may see.
                StoreEvent::MembershipChanged { person, .. } => hub.close_person(person),
                StoreEvent::CredentialsChanged { tenant, person } => {
                    let _ = check.send(person.map_or(Affected::Tenant(tenant), Affected::Person));
                }
                StoreEvent::ChangedByOtherProcess => {
                    let _ = check.send(Affected::All);
                }
            }
        }
        for (tenant, (sequences, reported_at)) in arrivals {
            if !hub.has_subscriptions(tenant) {
                continue;
            }
            if let Err(error) = send_arrivals(hub, campanile, refresh, tenant, sequences, reported_at).await {
                problem::log(&error);
                // The clients reconnect and catch up from the store.
                hub.affected(Affected::Tenant(tenant)).iter().for_each(|subscription| subscription.close(None));
            }
        }
    }
}

/// Reads notifications and sends them to the subscriptions of their keys, in the order of the sequences. If one of them
/// is in no inbox any more, counts that include it would be wrong: all streams of the tenant read their inboxes instead.
pub(super) async fn send_arrivals(
    hub: &Hub,
    campanile: &Campanile,
    refresh: &UnboundedSender<(TenantId, PersonId)>,
    tenant: TenantId,
    mut sequences: Vec<u64>,
    reported_at: Instant,
) -> Result<()> {
    while !sequences.is_empty() {
        let page = campanile.arrived(tenant, sequences.clone()).await?;
        let rest = sequences.split_off(page.next.map_or(sequences.len(), |next| sequences.partition_point(|sequence| *sequence < next)));
        if page.items.len() < sequences.len() {
            for subscription in hub.affected(Affected::Tenant(tenant)) {
                let _ = refresh.send((tenant, subscription.person));
            }
            return Ok(());
        }
        for arrived in page.items {
            let arrival = Arc::new(Arrival::new(arrived.notification, reported_at));
            for subscription in arrived.keys.iter().flat_map(|key| hub.for_key(tenant, key)) {
                subscription.push(Update::Arrived(arrival.clone()), hub.lag());
            }
        }
        sequences = rest;
    }
    Ok(())
}
