//! Asks the store again whether those who listen may go on, when something says that they may not.

use std::{sync::Arc, time::Duration};

use campanile_domain::{Campanile, PersonId, TenantId, grant::Listener};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{MissedTickBehavior, interval},
};

use super::{Hub, feed::Feed};
use crate::{app::App, problem};

/// How many streams are asked for at once: some milliseconds of one reader of the store.
const AT_ONCE: usize = 256;
/// How often the store looks whether another process changed it.
const LOOK: Duration = Duration::from_secs(1);

/// Whose streams are in doubt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    /// Those of a person.
    Person(PersonId),
    /// Those of all people of a tenant.
    Tenant(TenantId),
    /// All there are: another process changed something.
    All,
}

/// Has the store look, as long as the server runs, whether another process changed it.
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

/// Checks streams that are in doubt. Who may not be here any more is cut off, whose keys are others comes
/// back with them, and whose inbox was changed elsewhere is counted anew.
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

/// Forgets what this process remembers of the store and another may have changed.
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
                        // Nobody counts any more: the server is going down.
                        let _ = recount.send((feed.tenant, feed.person));
                    }
                    Some(_) => {}
                }
            }
        }
        // Nobody goes on because nobody could be asked.
        Err(error) => {
            problem::log(&error);
            feeds.iter().for_each(|feed| feed.close(None));
        }
    }
}
