//! Waits for the shutdown of the server.

use tokio::sync::watch;

/// Waits until the server is asked to stop.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server has already stopped.
    drop(stopping.wait_for(|stop| *stop).await);
}
