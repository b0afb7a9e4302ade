//! Heartbeats of the open streams, and the end of streams whose grant has expired.

use std::{sync::Arc, time::Duration};

use campanile_domain::Campanile;

use super::hub::Hub;

/// Sends each stream a heartbeat per `period`. The heartbeats are spread over the period, so that the
/// streams do not all wake at once. Also ends the streams whose grant has expired, within a second.
pub async fn run_heartbeat(hub: Arc<Hub>, period: Duration, clock: Campanile) {
    let slots = period.as_secs().max(1);
    let mut ticks = tokio::time::interval(period / u32::try_from(slots).unwrap_or(1));
    for slot in (0..slots).cycle() {
        ticks.tick().await;
        hub.abort_expired(clock.now());
        for subscription in hub.in_slot(slot, slots) {
            subscription.heartbeat();
        }
    }
}
