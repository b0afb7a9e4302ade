//! The time limits of readers.

use std::time::Duration;

/// Time limits of readers.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a query such as a search. The answer holds what was found within it.
    pub query: Duration,
    /// The part of it for the search index. After that the newest items are searched one by one.
    pub index: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { query: Duration::from_millis(250), index: Duration::from_millis(100) }
    }
}
