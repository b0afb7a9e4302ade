//! A limit on the size of the file, with a reserve below it.
//!
//! Deleting needs room before it makes some: rebalancing a tree takes pages before it gives others
//! back, and the search index notes deletions before it forgets. What makes room may use the
//! reserve; everything else stops short of it.

use rusqlite::Connection;

use super::fault::Result;

/// The limit, in pages.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    most: u64,
    ordinary: u64,
}

impl Space {
    /// A limit in bytes.
    pub fn new(connection: &Connection, bytes: u64) -> Result<Self> {
        let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let most = (bytes / page).max(1);
        Ok(Self { most, ordinary: most - (most / 16).min(1_024) })
    }

    /// Keeps the reserve.
    pub fn close(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.ordinary)?)
    }

    /// Gives the reserve free.
    pub fn open(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.most)?)
    }
}
