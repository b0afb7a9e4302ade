//! The search index: words in, candidates out. It ranks nothing; the newest come first.
//!
//! It is written in steps of many notifications, not with each: every step adds a segment, and
//! segments are merged over and over, a few pages after every so many notifications, so that nobody
//! waits for a large merge. Whoever searches has what is not written yet written first.
//!
//! Beginnings of up to three letters have an index of their own. For a longer one SQLite merges the
//! lists of all words that begin so before it gives the first row: some 0.1 s when such a word is
//! in each of a million notifications, next to nothing when it is rare.

use std::borrow::Cow;

use campanile_domain::{Error, TenantId};
use campanile_shared::{FieldError, problem::FieldFault};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::fault::Result;
use crate::words;

/// The most parts of a query that spaces divide; what follows is ignored.
pub const MOST_PARTS: usize = 16;
/// The most words of all parts together, such as the pairs of a Chinese sentence; what follows is ignored.
const MOST_WORDS: usize = 200;
/// The most of them that stand for all words that begin so; others stand for themselves. Each such
/// word costs as much as all the rows its words are in.
const MOST_BEGINNINGS: usize = 6;
/// How much text is put into the index at once, in bytes of stored messages; at least one notification is.
const INDEXED_BYTES: usize = 1 << 20;
/// How many notifications may wait for the index before somebody who searches has some of them written.
const FEW: i64 = 100;

/// How many wait at most while they are written behind the sending.
const MANY: i64 = 2_000;

/// What of a stored message can be searched for.
#[derive(Deserialize)]
struct Searched<'m> {
    #[serde(borrow)]
    component: Option<Cow<'m, str>>,
    #[serde(borrow)]
    content: Vec<SearchedContent<'m>>,
}

#[derive(Deserialize)]
struct SearchedContent<'m> {
    #[serde(borrow)]
    title: Cow<'m, str>,
    #[serde(borrow)]
    description: Cow<'m, str>,
}

/// What of a stored message can be searched for, as the index takes it.
pub fn text(message: &str) -> Result<String> {
    Ok(words(&serde_json::from_str(message)?))
}

fn words(message: &Searched<'_>) -> String {
    let content = message.content.iter().flat_map(|content| [&content.title, &content.description]);
    let mut words = String::new();
    for text in content.chain(&message.component) {
        words::cut(text, &mut words);
    }
    words
}

/// Whether more than a few notifications are not in the index yet.
pub fn lags(connection: &Connection) -> Result<bool> {
    Ok(missing(connection)? > FEW)
}

/// Whether so many are not that sending alone does not put them there: the index is made anew.
pub fn is_far_behind(connection: &Connection) -> Result<bool> {
    Ok(missing(connection)? > MANY)
}

fn missing(connection: &Connection) -> Result<i64> {
    let sql = "SELECT seq - indexed_up_to FROM search_state, sqlite_sequence WHERE name = 'notification'";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([], |row| row.get::<_, i64>(0)).optional()?.unwrap_or_default())
}

/// The row up to which notifications are in the index.
pub fn indexed_up_to(connection: &Connection) -> Result<u64> {
    Ok(connection.prepare_cached("SELECT indexed_up_to FROM search_state")?.query_row([], |row| row.get(0))?)
}

/// Puts the oldest notifications that are not in the index yet into it. Returns whether there are more.
pub fn index(connection: &Connection, limit: usize) -> Result<bool> {
    let sql = "SELECT row, tenant, message FROM notification WHERE row > (SELECT indexed_up_to FROM search_state) ORDER BY row LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut insert = connection.prepare_cached("INSERT INTO search_index (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    let mut rows = statement.query([limit])?;
    let mut last = None;
    let (mut count, mut bytes) = (0, 0);
    while bytes < INDEXED_BYTES
        && let Some(row) = rows.next()?
    {
        let id: i64 = row.get(0)?;
        let message = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        insert.execute(params![id, tag(TenantId(row.get(1)?)), text(message)?])?;
        last = Some(id);
        (count, bytes) = (count + 1, bytes + message.len());
    }
    if let Some(last) = last {
        connection.prepare_cached("UPDATE search_state SET indexed_up_to = ?1")?.execute([last])?;
    }
    Ok(count == limit || bytes >= INDEXED_BYTES)
}

/// Puts a notification into the index anew, whose text has changed, if it was there.
pub fn again(connection: &Connection, row: i64) -> Result<()> {
    let sql = "SELECT tenant, message FROM notification WHERE row = ?1 AND row <= (SELECT indexed_up_to FROM search_state)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([row])?;
    let Some(found) = rows.next()? else { return Ok(()) };
    let message: Searched<'_> = serde_json::from_str(found.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
    connection.prepare_cached("DELETE FROM search_index WHERE rowid = ?1")?.execute([row])?;
    let mut insert = connection.prepare_cached("INSERT INTO search_index (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![row, tag(TenantId(found.get(0)?)), words(&message)])?;
    Ok(())
}

/// Merges about that many pages of the index. Returns whether there was anything to merge.
pub fn merge(connection: &Connection, pages: u32) -> Result<bool> {
    let before = connection.total_changes();
    connection.prepare_cached("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?1)")?.execute([pages])?;
    // The command counts as one change, whatever it did.
    Ok(connection.total_changes() - before > 1)
}

/// Notes that a notification is gone. Its words stay in the index for now; whoever searches meets
/// a row without a notification.
pub fn leave(connection: &Connection, row: i64) -> Result<()> {
    connection.prepare_cached("INSERT INTO search_pending_delete (row) VALUES (?1)")?.execute([row])?;
    Ok(())
}

/// Takes words of notifications that are gone out of the index.
pub fn tidy(connection: &Connection, limit: u32) -> Result<()> {
    let sql = "DELETE FROM search_pending_delete WHERE row IN (SELECT row FROM search_pending_delete ORDER BY row LIMIT ?1) RETURNING row";
    let mut statement = connection.prepare_cached(sql)?;
    let rows: Vec<i64> = statement.query_map([limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for row in rows {
        // What was deleted before it got into the index never gets there.
        let sql = "DELETE FROM search_index WHERE rowid = ?1 AND ?1 <= (SELECT indexed_up_to FROM search_state)";
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// The rows of the tenant below one that match, the newest first.
pub fn rows(connection: &Connection, query: &str, below: i64, limit: u32) -> Result<Vec<i64>> {
    let sql = "SELECT rowid FROM search_index WHERE search_index MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![query, below, limit], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a person typed, as a query of the index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Query {
    /// Nothing that could be looked for: nothing matches.
    Nothing,
    /// In the index's language.
    Words {
        /// The query.
        query: String,
        /// Whether all of what was typed is in it.
        whole: bool,
    },
}

/// What a person typed as a query for rows with words that begin with each of theirs. Of more than six parts the
/// first five and the last, which may still be typed, are such beginnings; those between are whole words.
///
/// Every word is quoted: nothing a person types is an operator (SQLite FTS5 §3.1).
pub fn query(tenant: TenantId, typed: &str) -> Query {
    let (mut phrases, mut count, mut whole) = (Vec::new(), 0, true);
    for phrase in words::phrases(typed) {
        count += phrase.words.split(' ').count();
        if phrases.len() == MOST_PARTS || count > MOST_WORDS {
            whole = false;
            break;
        }
        phrases.push(phrase);
    }
    if phrases.is_empty() {
        return Query::Nothing;
    }
    let mut query = String::new();
    for (at, phrase) in phrases.iter().enumerate() {
        let operator = if query.is_empty() { "" } else { " AND " };
        let is_beginning = phrase.may_go_on && (at + 1 < MOST_BEGINNINGS || at + 1 == phrases.len());
        query.push_str(&format!("{operator}\"{}\"{}", phrase.words, if is_beginning { " *" } else { "" }));
    }
    Query::Words { query: format!("tenant : {} AND text : ({query})", tag(tenant)), whole }
}

/// Refuses what cannot be looked for, or not wholly, where everything that matches is to be changed: less said would be more
/// changed.
pub fn check_whole(tenant: TenantId, typed: &str) -> Result<(), Error> {
    let pointer = "/matching/filter/text";
    match query(tenant, typed) {
        Query::Words { whole: true, .. } => Ok(()),
        Query::Words { whole: false, .. } => Err(Error::Invalid(vec![FieldError::beyond(pointer, FieldFault::TooMany, MOST_PARTS)])),
        Query::Nothing => Err(Error::Invalid(vec![FieldError::new(pointer, FieldFault::Missing)])),
    }
}

/// The word that stands for the tenant.
pub fn tag(tenant: TenantId) -> String {
    format!("t{}", tenant.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_an_operator() {
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
            let query = Query::Words { query: format!("tenant : t7 AND text : ({expected})"), whole: true };
            assert_eq!(super::query(TenantId(7), typed), query, "{typed:?}");
        }
        for typed in ["  * \" -- ", "", "\u{200B}\u{2060}", "\0", "…", "'\"’"] {
            assert_eq!(query(TenantId(7), typed), Query::Nothing, "{typed:?}");
        }
    }

    #[test]
    fn what_is_too_much_is_known() {
        let is_whole = |typed: &str| matches!(query(TenantId(7), typed), Query::Words { whole: true, .. });
        assert!(is_whole(&"a ".repeat(MOST_PARTS)) && !is_whole(&"a ".repeat(MOST_PARTS + 1)));
        assert!(is_whole(&format!("{} - ", "a ".repeat(MOST_PARTS))));
        assert!(is_whole(&"語".repeat(MOST_WORDS + 1)) && !is_whole(&format!("a {}", "語".repeat(MOST_WORDS + 1))));
    }
}
