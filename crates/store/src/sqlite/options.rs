//! How a database is opened, and how much is done at once.

use std::time::Duration;

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The largest size of the database file in bytes (its log beside it comes on top); `None`
    /// leaves it to the disk. Beyond it writes fail with [`campanile_domain::Error::Full`]; up to a sixteenth of it
    /// is kept for housekeeping.
    pub max_bytes: Option<u64>,
    /// How many threads read.
    pub readers: usize,
    /// How much is done at once.
    pub limits: Limits,
    /// How long readers may take.
    pub times: Times,
}

/// How long readers may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// For what somebody chose to look for; the answer holds what was found by then.
    pub query: Duration,
    /// Of this, for the search index, before the newest items are looked at one by one.
    pub index: Duration,
}

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most changed items that watchers are told one by one.
    pub told: usize,
    /// The most items one step of a change writes.
    pub step: usize,
    /// After how many new rows about single items an inbox is compacted.
    pub rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        let times = Times { query: Duration::from_millis(250), index: Duration::from_millis(100) };
        Self { max_bytes: None, readers: 4, limits: Limits { told: 100, step: 1_000, rows: 2_000 }, times }
    }
}
