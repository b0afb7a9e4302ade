//! The shutdown of the listener: how to wait for it, and how long it may take.

use std::time::Duration;

use tokio::sync::watch;

/// How long open requests and streams may take to finish after the server is asked to stop.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(8);
/// How long a stream may take to send its last events after the server is asked to stop.
pub const FINAL_EVENTS_TIMEOUT: Duration = Duration::from_secs(1);

/// Waits until the server is asked to stop.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server has already stopped.
    drop(stopping.wait_for(|stop| *stop).await);
}
