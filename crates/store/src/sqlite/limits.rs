//! The limits of one step of work.

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

impl Default for Limits {
    fn default() -> Self {
        Self { max_listed_changes: 100, rows_per_step: 1_000, compact_after_rows: 2_000 }
    }
}
