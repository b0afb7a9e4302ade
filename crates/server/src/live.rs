//! Event streams: sends each commit to the open streams of the people it concerns.
//!
//! The store reports each commit in order. The hub passes it to the subscriptions of these people, and a stream
//! writes its subscription to one client. An item is serialised once per language. Nothing is stored here: a
//! client that missed events catches up from the store.

mod access_check;
mod dispatch;
mod external_changes;
mod heartbeat;
mod hub;
mod reconnect_delay;
mod refresh;
mod sse;
mod stream;
mod subscription;
#[cfg(test)]
mod tests;

pub use dispatch::run_hub;
pub use external_changes::poll_external_changes;
pub use heartbeat::run_heartbeat;
pub use hub::{CommitReceiver, Hub};
pub use stream::open;
