//! The schedule of housekeeping: deletes what has expired, step by step.

use std::{sync::Arc, time::Duration};

use campanile_domain::{Campanile, housekeeping::Progress};

use crate::{problem, rate_limits::RateLimits};

/// The pause of housekeeping when no work is left.
const IDLE_PAUSE: Duration = Duration::from_secs(5);
/// The pause between two steps while work is left, so that requests get their turn.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// Runs housekeeping. Never returns.
pub async fn run(campanile: Campanile, rate_limits: Arc<RateLimits>) {
    loop {
        let pause = match campanile.housekeeping_step().await {
            Ok(Progress::More) => BUSY_PAUSE,
            Ok(Progress::Done) => IDLE_PAUSE,
            Err(error) => {
                problem::log(&error);
                IDLE_PAUSE
            }
        };
        rate_limits.remove_expired();
        tokio::time::sleep(pause).await;
    }
}
