//! Options for opening a database.

use super::{limits::Limits, timeouts::Timeouts};

/// How to open a database.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The maximum size of the database file in bytes; its log comes on top. `None`: the disk is the limit.
    /// Beyond it writes fail with [`campanile_domain::Error::StorageFull`]. Up to a sixteenth of it is reserved for
    /// housekeeping.
    pub max_bytes: Option<u64>,
    /// The number of threads that read.
    pub reader_threads: usize,
    /// Limits of one step of work.
    pub limits: Limits,
    /// Time limits of readers.
    pub timeouts: Timeouts,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_bytes: None, reader_threads: 4, limits: Limits::default(), timeouts: Timeouts::default() }
    }
}
