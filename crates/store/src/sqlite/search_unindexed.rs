//! Searches a few notifications without the search index: their texts are written to a temporary index in
//! memory. For notifications that are not in the index yet, and for words so common that the index takes longer
//! than searching the newest notifications.

use std::collections::HashSet;

use campanile_domain::TenantId;
use rusqlite::{Connection, OptionalExtension, params};

use super::{error::Result, search_index};

/// How many notifications are searched together.
pub const BATCH: usize = 64;
/// The most text of them, in bytes of stored messages. At least one notification is searched.
const BATCH_BYTES: usize = 256 << 10;

/// Creates the temporary index. It has the same tokens as the search index.
pub fn create_temp_index(connection: &Connection) -> Result<()> {
    Ok(connection.execute_batch("CREATE VIRTUAL TABLE temp.texts USING fts5 (tenant, text, content = '', tokenize = 'ascii')")?)
}

/// The result for the first of the given sequences.
pub struct SearchedBatch {
    /// How many were searched: at least one.
    pub count: usize,
    /// Those that match.
    pub found: HashSet<u64>,
}

/// Searches notifications of a tenant.
pub fn search_batch(connection: &Connection, tenant: TenantId, query: &str, sequences: &[u64]) -> Result<SearchedBatch> {
    if sequences.is_empty() {
        return Ok(SearchedBatch { count: 0, found: HashSet::new() });
    }
    connection.prepare_cached("INSERT INTO temp.texts (texts) VALUES ('delete-all')")?.execute([])?;
    let mut read = connection.prepare_cached("SELECT message FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    let mut insert = connection.prepare_cached("INSERT INTO temp.texts (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    let (mut count, mut bytes) = (0, 0);
    for sequence in sequences {
        if bytes >= BATCH_BYTES {
            break;
        }
        let message: Option<String> = read.query_row(params![tenant.0, sequence], |row| row.get(0)).optional()?;
        count += 1;
        if let Some(message) = message {
            bytes += message.len();
            insert.execute(params![sequence, search_index::tenant_token(tenant), search_index::indexed_text(&message)?])?;
        }
    }
    let mut matching = connection.prepare_cached("SELECT rowid FROM temp.texts WHERE texts MATCH ?1")?;
    let found = matching.query_map([query], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(SearchedBatch { count, found })
}
