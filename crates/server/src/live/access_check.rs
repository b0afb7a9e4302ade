//! Checks in the store whether open streams may continue, after their rights may have changed.

use std::sync::Arc;

use campanile_domain::{Campanile, PersonId, TenantId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::{
    hub::{Affected, Hub},
    subscription::Subscription,
};
use crate::{cors::AllowedOrigins, problem};

/// How many streams are checked per query. A query takes a few milliseconds.
const BATCH_SIZE: usize = 256;

/// Checks the streams named by `affected`. A stream whose grant is revoked is cut off. A stream whose person
/// has other audience keys is closed, so that its client reconnects with the new keys. If the inbox was
/// changed by another process, its counts are sent again.
pub async fn check_access(
    hub: &Hub,
    mut affected: UnboundedReceiver<Affected>,
    refresh: &UnboundedSender<(TenantId, PersonId)>,
    campanile: &Campanile,
    origins: &AllowedOrigins,
) {
    while let Some(first) = affected.recv().await {
        let mut waiting = vec![first];
        while let Ok(next) = affected.try_recv() {
            waiting.push(next);
        }
        if waiting.contains(&Affected::All) {
            waiting = vec![Affected::All];
            refresh_caches(campanile, origins).await;
        }
        for whose in waiting {
            for subscriptions in hub.affected(whose).chunks(BATCH_SIZE) {
                check_batch(campanile, subscriptions, refresh).await;
            }
        }
    }
}

/// Refreshes cached data that another process may have changed.
async fn refresh_caches(campanile: &Campanile, origins: &AllowedOrigins) {
    campanile.clear_sender_cache();
    if let Err(error) = origins.refresh(campanile).await {
        problem::log(&error);
    }
}

async fn check_batch(campanile: &Campanile, subscriptions: &[Arc<Subscription>], refresh: &UnboundedSender<(TenantId, PersonId)>) {
    let listeners = subscriptions.iter().map(|subscription| subscription.listener());
    match campanile.stream_access(listeners.collect()).await {
        Ok(standings) => {
            for (subscription, standing) in subscriptions.iter().zip(standings) {
                match standing {
                    None => subscription.abort(),
                    Some(standing) if standing.keys != subscription.keys => subscription.close(None),
                    Some(standing) if subscription.lacks(standing.revision) => {
                        // Sending fails only when the server shuts down.
                        let _ = refresh.send((subscription.tenant, subscription.person));
                    }
                    Some(_) => {}
                }
            }
        }
        // Without an answer no stream may continue.
        Err(error) => {
            problem::log(&error);
            subscriptions.iter().for_each(|subscription| subscription.close(None));
        }
    }
}
