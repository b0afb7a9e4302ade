//! Looks for changes that other processes have made to the store.

use std::time::Duration;

use campanile_domain::Campanile;
use tokio::time::{MissedTickBehavior, interval};

use crate::problem;

/// How often the store checks whether another process has changed it.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Makes the store check, each second, whether another process has changed it. Never returns.
pub async fn poll_external_changes(campanile: Campanile) {
    let mut ticks = interval(POLL_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        let looked = campanile.check_other_processes().await;
        if let Err(error) = &looked
            && !failing
        {
            problem::log(error);
        }
        failing = looked.is_err();
    }
}
