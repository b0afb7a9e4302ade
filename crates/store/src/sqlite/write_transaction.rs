//! What a job of the thread that writes works with: a transaction, and the events that follow its commit.

use campanile_domain::StoreEvent;
use rusqlite::Connection;

use super::{error::Result, key_cache::KeyCache, limits::Limits, size_quota::SizeQuota};

/// What a job writes with.
pub struct WriteTransaction<'w> {
    /// The connection, inside a transaction.
    pub connection: &'w Connection,
    /// A cache of ids.
    pub key_cache: &'w mut KeyCache,
    /// The limits of one job.
    pub limits: Limits,
    pub space: Option<SizeQuota>,
    pub reserve_is_open: &'w mut bool,
    pub unindexed: &'w mut usize,
    pub unmerged: &'w mut usize,
    pub events: &'w mut Vec<StoreEvent>,
}

impl WriteTransaction<'_> {
    /// Opens the reserve of space until the commit, for work that frees space.
    pub fn open_reserve(&mut self) -> Result<()> {
        *self.reserve_is_open = true;
        self.space.map_or(Ok(()), |space| space.open_reserve(self.connection))
    }

    /// Counts a new notification. The search index is written once there are enough of them.
    pub fn index_later(&mut self) {
        *self.unindexed += 1;
        *self.unmerged += 1;
    }

    /// Notifies listeners of an event after the commit.
    pub fn notify(&mut self, news: StoreEvent) {
        self.events.push(news);
    }
}
