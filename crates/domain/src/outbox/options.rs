//! Settings of an outbox, and their default values.

use std::time::Duration;

/// Settings of an outbox.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// How long a lease lasts. It must be longer than any attempt takes.
    pub lease: Duration,
    /// How many attempts may run at once in all.
    pub max_running: u32,
    /// How many deliveries may be leased beyond those that can run at once.
    pub max_prefetch: u32,
    /// How often to look for deliveries that other processes have left.
    pub poll_interval: Duration,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self { lease: Duration::from_secs(120), max_running: 256, max_prefetch: 1_024, poll_interval: Duration::from_secs(1) }
    }
}
