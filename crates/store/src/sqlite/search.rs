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

use campanile_domain::TenantId;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::fault::Result;

/// The most words of a query; what follows is ignored.
const MOST_WORDS: usize = 16;
/// The most of them that stand for all words that begin so; others stand for themselves. Each such
/// word costs as much as all the rows its words are in.
const MOST_BEGINNINGS: usize = 6;
/// How much text is put into the index at once, in bytes of stored messages; at least one notification is.
const INDEXED_BYTES: usize = 1 << 20;
/// How many notifications may wait for the index before somebody who searches has some of them written.
const FEW: i64 = 100;

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
        separate(text, &mut words);
        words.push('\n');
    }
    words
}

/// Whether more than a few notifications are not in the index yet.
pub fn lags(connection: &Connection) -> Result<bool> {
    let sql = "SELECT seq - indexed_up_to FROM search_state, sqlite_sequence WHERE name = 'notification'";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([], |row| row.get::<_, i64>(0)).optional()?.unwrap_or_default() > FEW)
}

/// The row up to which notifications are in the index.
pub fn indexed_up_to(connection: &Connection) -> Result<u64> {
    Ok(connection.prepare_cached("SELECT indexed_up_to FROM search_state")?.query_row([], |row| row.get(0))?)
}

/// Puts the oldest notifications that are not in the index yet into it. Returns whether there are more.
pub fn index(connection: &Connection, limit: usize) -> Result<bool> {
    let sql = "SELECT row, tenant, message FROM notification WHERE row > (SELECT indexed_up_to FROM search_state) ORDER BY row LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut insert = connection.prepare_cached("INSERT INTO search (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
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
    connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([row])?;
    let mut insert = connection.prepare_cached("INSERT INTO search (rowid, tenant, text) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![row, tag(TenantId(found.get(0)?)), words(&message)])?;
    Ok(())
}

/// Merges about that many pages of the index. Returns whether there was anything to merge.
pub fn merge(connection: &Connection, pages: u32) -> Result<bool> {
    let before = connection.total_changes();
    connection.prepare_cached("INSERT INTO search (search, rank) VALUES ('merge', ?1)")?.execute([pages])?;
    // The command counts as one change, whatever it did.
    Ok(connection.total_changes() - before > 1)
}

/// Notes that a notification is gone. Its words stay in the index for now; whoever searches meets
/// a row without a notification.
pub fn leave(connection: &Connection, row: i64) -> Result<()> {
    connection.prepare_cached("INSERT INTO search_leftover (row) VALUES (?1)")?.execute([row])?;
    Ok(())
}

/// Takes words of notifications that are gone out of the index.
pub fn tidy(connection: &Connection, limit: u32) -> Result<()> {
    let sql = "DELETE FROM search_leftover WHERE row IN (SELECT row FROM search_leftover ORDER BY row LIMIT ?1) RETURNING row";
    let mut statement = connection.prepare_cached(sql)?;
    let rows: Vec<i64> = statement.query_map([limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for row in rows {
        // What was deleted before it got into the index never gets there.
        let sql = "DELETE FROM search WHERE rowid = ?1 AND ?1 <= (SELECT indexed_up_to FROM search_state)";
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// The rows of the tenant below one that match, the newest first.
pub fn rows(connection: &Connection, query: &str, below: i64, limit: u32) -> Result<Vec<i64>> {
    let sql = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![query, below, limit], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a person typed as a query for rows with words that begin with each of theirs; `None` when
/// there is no word in it, so that everything matches. Of more than six words the first five and the
/// last, which may still be typed, are such beginnings; those between are whole words.
///
/// Every word is quoted: nothing a person types is an operator (SQLite FTS5 §3.1).
pub fn query(tenant: TenantId, typed: &str) -> Option<String> {
    let words = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| word.chars().any(char::is_alphanumeric));
    let words: Vec<&str> = words.take(MOST_WORDS).collect();
    let mut query = String::new();
    for (at, word) in words.iter().enumerate() {
        let mut spaced = String::new();
        separate(&word.replace('"', " "), &mut spaced);
        let operator = if query.is_empty() { "" } else { " AND " };
        let beginning = if at + 1 < MOST_BEGINNINGS || at + 1 == words.len() { " *" } else { "" };
        query.push_str(&format!("{operator}\"{}\"{beginning}", spaced.trim()));
    }
    (!query.is_empty()).then(|| format!("tenant : {} AND text : ({query})", tag(tenant)))
}

/// The word that stands for the tenant.
pub fn tag(tenant: TenantId) -> String {
    format!("t{}", tenant.0)
}

/// Copies the text with spaces around each character of a script that is written without spaces,
/// so that each is a word: what begins anywhere in a run of them is found.
fn separate(text: &str, into: &mut String) {
    for c in text.chars() {
        if is_unspaced(c) {
            into.extend([' ', c, ' ']);
        } else {
            into.push(if c == '\0' { ' ' } else { c });
        }
    }
}

/// Thai to Myanmar, Khmer, kana, and Chinese characters with their extensions.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_an_operator() {
        for (typed, expected) in [
            ("disk full", Some(r#"tenant : t7 AND text : ("disk" * AND "full" *)"#)),
            (r#"" OR *"#, Some(r#"tenant : t7 AND text : ("OR" *)"#)),
            (r#"a"b"#, Some(r#"tenant : t7 AND text : ("a b" *)"#)),
            ("NEAR(x)\0tenant:t8", Some(r#"tenant : t7 AND text : ("NEAR(x)" * AND "tenant:t8" *)"#)),
            ("日本", Some(r#"tenant : t7 AND text : ("日  本" *)"#)),
            ("a b c d e f", Some(r#"tenant : t7 AND text : ("a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" *)"#)),
            ("a b c d e f g", Some(r#"tenant : t7 AND text : ("a" * AND "b" * AND "c" * AND "d" * AND "e" * AND "f" AND "g" *)"#)),
            ("  * \" -- ", None),
            ("", None),
        ] {
            assert_eq!(query(TenantId(7), typed).as_deref(), expected, "{typed:?}");
        }
    }
}
