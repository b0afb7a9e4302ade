//! How many more deliveries the outbox has capacity for.

use campanile_shared::Channel;

/// How many more deliveries the outbox has room for, by queue.
#[derive(Clone, Debug, Default)]
pub struct QueueCapacity {
    /// How many deliveries of a channel may be leased in each queue.
    pub concurrency: Vec<(Channel, u32)>,
    /// How many in these particular queues, whatever their channel.
    pub free: Vec<(String, u32)>,
    /// The queue that was served last.
    pub last_queue: String,
}
