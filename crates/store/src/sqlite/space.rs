//! A limit on the size of the file, with a reserve below it.
//!
//! Deleting needs space before it frees any: balancing a tree takes pages before it releases others, and the
//! search index records deletions before it removes anything. Work that frees space may use the reserve; all
//! other work stops before it.

use rusqlite::Connection;

use super::fault::Result;

/// The limit in pages.
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

    /// Closes the reserve.
    pub fn close(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.ordinary)?)
    }

    /// Opens the reserve.
    pub fn open(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.most)?)
    }
}
