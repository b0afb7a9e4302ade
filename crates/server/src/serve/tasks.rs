//! Starts the background tasks of a running server.

use std::time::Duration;

use tokio::{sync::watch, task::JoinHandle};

use crate::{housekeeping, live, state::AppState};

/// Starts the background tasks. They run as long as the server.
pub fn start_tasks(
    app: &AppState,
    commits: live::CommitReceiver,
    heartbeat: Duration,
    stopped: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let stop = || stopped.clone();
    let (hub, campanile, origins) = (app.hub.clone(), app.campanile.clone(), app.cors_origins.clone());
    let stopping = stop();
    let hub_task = app.supervisor.spawn("hub", move |start| {
        if start > 0 {
            // The failed run may have lost events. Clients reconnect and catch up from the store.
            hub.close_all();
        }
        until_stopped(stopping.clone(), live::run_hub(hub.clone(), commits.clone(), campanile.clone(), origins.clone()))
    });
    let (hub, clock) = (app.hub.clone(), app.campanile.clone());
    let stopping = stop();
    let heartbeat_task = app
        .supervisor
        .spawn("heartbeat", move |_| until_stopped(stopping.clone(), live::run_heartbeat(hub.clone(), heartbeat, clock.clone())));
    let (campanile, stopping) = (app.campanile.clone(), stop());
    let store_poll_task =
        app.supervisor.spawn("elsewhere", move |_| until_stopped(stopping.clone(), live::poll_external_changes(campanile.clone())));
    let (campanile, rate_limits, stopping) = (app.campanile.clone(), app.rate_limits.clone(), stop());
    let housekeeping_task = app
        .supervisor
        .spawn("housekeeping", move |_| until_stopped(stopping.clone(), housekeeping::run(campanile.clone(), rate_limits.clone())));
    vec![hub_task, heartbeat_task, store_poll_task, housekeeping_task]
}

/// Runs endless work until the server is asked to stop.
async fn until_stopped(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
