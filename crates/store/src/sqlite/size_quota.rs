//! A limit on the size of the file, with a reserve below it.
//!
//! Deleting needs space before it frees any: balancing a tree takes pages before it releases others, and the
//! search index records deletions before it removes anything. Work that frees space may use the reserve; all
//! other work stops before it.

use rusqlite::Connection;

use super::error::Result;

/// The limit in pages.
#[derive(Clone, Copy, Debug)]
pub struct SizeQuota {
    max_pages: u64,
    pages_without_reserve: u64,
}

impl SizeQuota {
    /// A limit in bytes.
    pub fn new(connection: &Connection, bytes: u64) -> Result<Self> {
        let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let most = (bytes / page).max(1);
        Ok(Self { max_pages: most, pages_without_reserve: most - (most / 16).min(1_024) })
    }

    /// Closes the reserve.
    pub fn close_reserve(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.pages_without_reserve)?)
    }

    /// Opens the reserve.
    pub fn open_reserve(self, connection: &Connection) -> Result<()> {
        Ok(connection.pragma_update(None, "max_page_count", self.max_pages)?)
    }
}
