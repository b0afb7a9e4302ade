//! Options for opening a database, with its limits and timeouts.

use std::time::Duration;

/// How to open a database.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The maximum size of the database file in bytes; its log comes on top. `None`: the disk is the limit.
    /// Beyond it writes fail with [`campanile_domain::Error::Full`]. Up to a sixteenth of it is reserved for
    /// housekeeping.
    pub max_bytes: Option<u64>,
    /// The number of threads that read.
    pub reader_threads: usize,
    /// Limits of one step of work.
    pub limits: Limits,
    /// Time limits of readers.
    pub timeouts: Timeouts,
}

/// Time limits of readers.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a query such as a search. The answer holds what was found within it.
    pub query: Duration,
    /// The part of it for the search index. After that the newest items are searched one by one.
    pub index: Duration,
}

/// Limits of one step of work.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most changed items that are listed one by one for live streams.
    pub max_listed_changes: usize,
    /// The most items that one step of a change writes.
    pub rows_per_step: usize,
    /// The number of new rows about single items after which an inbox is compacted.
    pub compact_after_rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        let times = Timeouts { query: Duration::from_millis(250), index: Duration::from_millis(100) };
        Self {
            max_bytes: None,
            reader_threads: 4,
            limits: Limits { max_listed_changes: 100, rows_per_step: 1_000, compact_after_rows: 2_000 },
            timeouts: times,
        }
    }
}
