//! The search index: tokens in, rows out. It has no ranking; the newest come first.
//!
//! It is written in steps of many notifications. Each step adds a segment, and a few pages of the segments are
//! merged after every few notifications, so that no one waits for a large merge. A search first writes what is
//! missing.
//!
//! Prefixes of up to three letters have an index of their own. For a longer prefix SQLite merges the lists of
//! all words with it before it returns the first row. That takes about 0.1 s when such a word is in each of a
//! million notifications, and almost no time when it is rare.

use std::borrow::Cow;

use campanile_domain::TenantId;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::error::Result;
use crate::tokenizer;

/// The most text to index in one step, in bytes of stored messages. At least one notification is indexed.
const MAX_STEP_BYTES: usize = 1 << 20;
/// How many notifications are indexed in one step.
pub const INDEX_BATCH: usize = 500;
/// How many pages of the search index are merged in one step: some hundred microseconds.
pub const MERGE_PAGES: u32 = 8;
/// The number of notifications after which a step is merged: often enough to keep up.
pub const MERGE_INTERVAL: usize = 64;
/// Pages of the search index to merge after a search wrote a step of it: enough to keep up with what the step
/// adds.
pub const MERGE_PAGES_PER_STEP: u32 = 128;
/// How many notifications the index may lag behind before a search writes a step of it.
const MAX_LAG_FOR_SEARCH: i64 = 100;

/// How many notifications the index lags behind at most while it is written after sends.
const MAX_LAG: i64 = 2_000;

/// The searchable parts of a stored message.
#[derive(Deserialize)]
struct SearchableMessage<'m> {
    #[serde(borrow)]
    component: Option<Cow<'m, str>>,
    #[serde(borrow)]
    content: Vec<SearchableContent<'m>>,
}

#[derive(Deserialize)]
struct SearchableContent<'m> {
    #[serde(borrow)]
    title: Cow<'m, str>,
    #[serde(borrow)]
    description: Cow<'m, str>,
}

/// The tokens of a stored message.
pub fn indexed_text(message: &str) -> Result<String> {
    Ok(message_tokens(&serde_json::from_str(message)?))
}

fn message_tokens(message: &SearchableMessage<'_>) -> String {
    let content = message.content.iter().flat_map(|content| [&content.title, &content.description]);
    let mut words = String::new();
    for text in content.chain(&message.component) {
        tokenizer::tokenize(text, &mut words);
    }
    words
}

/// Whether the index lags so far behind that a search must write a step of it.
pub fn is_lagging(connection: &Connection) -> Result<bool> {
    Ok(unindexed_count(connection)? > MAX_LAG_FOR_SEARCH)
}

/// Whether the index lags so far behind that writing it after sends is not enough: it is being rebuilt.
pub fn is_far_behind(connection: &Connection) -> Result<bool> {
    Ok(unindexed_count(connection)? > MAX_LAG)
}

fn unindexed_count(connection: &Connection) -> Result<i64> {
    let sql = "SELECT seq - indexed_up_to FROM search_state, sqlite_sequence WHERE name = 'notification'";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([], |row| row.get::<_, i64>(0)).optional()?.unwrap_or_default())
}

/// The row up to which notifications are in the index.
pub fn indexed_up_to(connection: &Connection) -> Result<u64> {
    Ok(connection.prepare_cached("SELECT indexed_up_to FROM search_state")?.query_row([], |row| row.get(0))?)
}

/// Indexes the oldest notifications that are not in the index. Returns whether there are more.
pub fn index(connection: &Connection, limit: usize) -> Result<bool> {
    let sql = "SELECT row, tenant, message FROM notification WHERE row > (SELECT indexed_up_to FROM search_state) ORDER BY row LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut insert = connection.prepare_cached("INSERT INTO search_index (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    let mut rows = statement.query([limit])?;
    let mut last = None;
    let (mut count, mut bytes) = (0, 0);
    while bytes < MAX_STEP_BYTES
        && let Some(row) = rows.next()?
    {
        let id: i64 = row.get(0)?;
        let message = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        insert.execute(params![id, tenant_token(TenantId(row.get(1)?)), indexed_text(message)?])?;
        last = Some(id);
        (count, bytes) = (count + 1, bytes + message.len());
    }
    if let Some(last) = last {
        connection.prepare_cached("UPDATE search_state SET indexed_up_to = ?1")?.execute([last])?;
    }
    Ok(count == limit || bytes >= MAX_STEP_BYTES)
}

/// Indexes a corrected notification again, if it was in the index.
pub fn reindex(connection: &Connection, row: i64) -> Result<()> {
    let sql = "SELECT tenant, message FROM notification WHERE row = ?1 AND row <= (SELECT indexed_up_to FROM search_state)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([row])?;
    let Some(found) = rows.next()? else { return Ok(()) };
    let message: SearchableMessage<'_> = serde_json::from_str(found.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
    connection.prepare_cached("DELETE FROM search_index WHERE rowid = ?1")?.execute([row])?;
    let mut insert = connection.prepare_cached("INSERT INTO search_index (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![row, tenant_token(TenantId(found.get(0)?)), message_tokens(&message)])?;
    Ok(())
}

/// Merges about this many pages of the index. Returns whether there was anything to merge.
pub fn merge(connection: &Connection, pages: u32) -> Result<bool> {
    let before = connection.total_changes();
    connection.prepare_cached("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?1)")?.execute([pages])?;
    // The command itself counts as one change.
    Ok(connection.total_changes() - before > 1)
}

/// Records that a notification was deleted. It stays in the index for now; a search skips rows without a
/// notification.
pub fn mark_removed(connection: &Connection, row: i64) -> Result<()> {
    connection.prepare_cached("INSERT INTO search_pending_delete (row) VALUES (?1)")?.execute([row])?;
    Ok(())
}

/// Removes deleted notifications from the index.
pub fn remove_leftovers(connection: &Connection, limit: u32) -> Result<()> {
    let sql = "DELETE FROM search_pending_delete WHERE row IN (SELECT row FROM search_pending_delete ORDER BY row LIMIT ?1) RETURNING row";
    let mut statement = connection.prepare_cached(sql)?;
    let rows: Vec<i64> = statement.query_map([limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for row in rows {
        // A notification that was deleted before it was indexed is never indexed.
        let sql = "DELETE FROM search_index WHERE rowid = ?1 AND ?1 <= (SELECT indexed_up_to FROM search_state)";
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// Matching rows of the tenant below a row, the newest first.
pub fn matching_rows(connection: &Connection, query: &str, below: i64, limit: u32) -> Result<Vec<i64>> {
    let sql = "SELECT rowid FROM search_index WHERE search_index MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![query, below, limit], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The token of a tenant.
pub fn tenant_token(tenant: TenantId) -> String {
    format!("t{}", tenant.0)
}
