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

use campanile_domain::{Error, TenantId};
use campanile_shared::{FieldError, problem::FieldErrorCode};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::error::Result;
use crate::tokenizer;

/// The most parts of a query, divided by spaces. Further ones are ignored.
pub const MAX_PARTS: usize = 16;
/// The most tokens of all parts together, such as the pairs of a Chinese sentence. Further ones are ignored.
const MAX_WORDS: usize = 200;
/// The most parts that match as prefixes; the others match whole words. Each prefix costs as much as all rows
/// with such a word.
const MAX_PREFIXES: usize = 6;
/// The most text to index in one step, in bytes of stored messages. At least one notification is indexed.
const MAX_STEP_BYTES: usize = 1 << 20;
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

/// What a person typed, as a query of the index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Query {
    /// It contains no token and matches nothing.
    Empty,
    /// A query in the syntax of FTS5.
    Words {
        /// The query.
        query: String,
        /// Whether it contains everything that was typed.
        is_complete: bool,
    },
}

/// Turns what a person typed into a query. Each part matches as a prefix. Of more than six parts, only the
/// first five and the last, which the person may still be typing, match as prefixes; the others match whole
/// words.
///
/// Every token is quoted, so that nothing a person types is an operator (SQLite FTS5 §3.1).
pub fn query(tenant: TenantId, typed: &str) -> Query {
    let (mut phrases, mut count, mut whole) = (Vec::new(), 0, true);
    for phrase in tokenizer::phrases(typed) {
        count += phrase.words.split(' ').count();
        if phrases.len() == MAX_PARTS || count > MAX_WORDS {
            whole = false;
            break;
        }
        phrases.push(phrase);
    }
    if phrases.is_empty() {
        return Query::Empty;
    }
    let mut query = String::new();
    for (at, phrase) in phrases.iter().enumerate() {
        let operator = if query.is_empty() { "" } else { " AND " };
        let is_beginning = phrase.last_is_prefix && (at + 1 < MAX_PREFIXES || at + 1 == phrases.len());
        query.push_str(&format!("{operator}\"{}\"{}", phrase.words, if is_beginning { " *" } else { "" }));
    }
    Query::Words { query: format!("tenant : {} AND text : ({query})", tenant_token(tenant)), is_complete: whole }
}

/// Refuses a text that cannot be searched for completely. For a change of all matching items, a shorter query
/// would change more items than meant.
pub fn check_complete(tenant: TenantId, typed: &str) -> Result<(), Error> {
    let pointer = "/matching/filter/text";
    match query(tenant, typed) {
        Query::Words { is_complete: true, .. } => Ok(()),
        Query::Words { is_complete: false, .. } => {
            Err(Error::Invalid(vec![FieldError::with_limit(pointer, FieldErrorCode::TooMany, MAX_PARTS)]))
        }
        Query::Empty => Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Missing)])),
    }
}

/// The token of a tenant.
pub fn tenant_token(tenant: TenantId) -> String {
    format!("t{}", tenant.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_never_an_operator() {
        for (typed, expected) in [
            ("disk full", r#""disk" * AND "full" *"#),
            (r#"" OR *"#, r#""or" *"#),
            (r#"a"b"#, r#""a b" *"#),
            ("NEAR(x)\0tenant:t8", r#""near x" * AND "tenant t8" *"#),
            ("日本", r#""日本""#),
            ("日本語", r#""日本 本語""#),
            ("日", r#""日" *"#),
            ("C++ 🔴", r#""c ＋ ＋" AND "🔴""#),
            ("a b c d e f", r#""a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" *"#),
            ("a b c d e f g", r#""a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" AND "g" *"#),
        ] {
            let query = Query::Words { query: format!("tenant : t7 AND text : ({expected})"), is_complete: true };
            assert_eq!(super::query(TenantId(7), typed), query, "{typed:?}");
        }
        for typed in ["  * \" -- ", "", "\u{200B}\u{2060}", "\0", "…", "'\"’"] {
            assert_eq!(query(TenantId(7), typed), Query::Empty, "{typed:?}");
        }
    }

    #[test]
    fn a_query_that_is_too_long_is_incomplete() {
        let is_whole = |typed: &str| matches!(query(TenantId(7), typed), Query::Words { is_complete: true, .. });
        assert!(is_whole(&"a ".repeat(MAX_PARTS)) && !is_whole(&"a ".repeat(MAX_PARTS + 1)));
        assert!(is_whole(&format!("{} - ", "a ".repeat(MAX_PARTS))));
        assert!(is_whole(&"語".repeat(MAX_WORDS + 1)) && !is_whole(&format!("a {}", "語".repeat(MAX_WORDS + 1))));
    }
}
