//! Checks in the store whether open streams may continue, after their rights may have changed.

use std::{sync::Arc, time::Duration};

use campanile_domain::{Campanile, PersonId, TenantId, grant::Listener};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{MissedTickBehavior, interval},
};

use super::{Hub, feed::Feed};
use crate::{app::App, problem};

/// How many streams are checked per query. A query takes a few milliseconds.
const AT_ONCE: usize = 256;
/// How often the store checks whether another process has changed it.
const LOOK: Duration = Duration::from_secs(1);

/// Which streams must be checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    /// The streams of a person.
    Person(PersonId),
    /// The streams of all people of a tenant.
    Tenant(TenantId),
    /// All streams, because another process has changed the store.
    All,
}

/// Makes the store check, each second, whether another process has changed it. Never returns.
pub async fn look_elsewhere(campanile: Campanile) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        let looked = campanile.store().look_elsewhere().await;
        if let Err(error) = &looked
            && !failing
        {
            problem::log(error);
        }
        failing = looked.is_err();
    }
}

/// Checks the streams named by `doubtful`. A stream whose grant is revoked is cut off. A stream whose person
/// has other audience keys is closed, so that its client reconnects with the new keys. If the inbox was
/// changed by another process, its counts are sent again.
pub async fn check(hub: Arc<Hub>, mut doubtful: UnboundedReceiver<Whose>, recount: UnboundedSender<(TenantId, PersonId)>, app: App) {
    while let Some(first) = doubtful.recv().await {
        let mut waiting = vec![first];
        while let Ok(next) = doubtful.try_recv() {
            waiting.push(next);
        }
        if waiting.contains(&Whose::All) {
            waiting = vec![Whose::All];
            forget(&app).await;
        }
        for whose in waiting {
            for feeds in hub.feeds(whose).chunks(AT_ONCE) {
                check_some(&app.campanile, feeds, &recount).await;
            }
        }
    }
}

/// Refreshes cached data that another process may have changed.
async fn forget(app: &App) {
    app.campanile.forget_known_keys();
    if let Err(error) = app.origins.refresh(&app.campanile).await {
        problem::log(&error);
    }
}

async fn check_some(campanile: &Campanile, feeds: &[Arc<Feed>], recount: &UnboundedSender<(TenantId, PersonId)>) {
    let listeners = feeds.iter().map(|feed| Listener { tenant: feed.tenant, person: feed.person, grant: feed.grant });
    match campanile.store().standings(listeners.collect(), campanile.now()).await {
        Ok(standings) => {
            for (feed, standing) in feeds.iter().zip(standings) {
                match standing {
                    None => feed.cut(),
                    Some(standing) if standing.keys != feed.keys => feed.close(None),
                    Some(standing) if feed.is_behind(standing.revision) => {
                        // Sending fails only when the server shuts down.
                        let _ = recount.send((feed.tenant, feed.person));
                    }
                    Some(_) => {}
                }
            }
        }
        // Without an answer no stream may continue.
        Err(error) => {
            problem::log(&error);
            feeds.iter().for_each(|feed| feed.close(None));
        }
    }
}
