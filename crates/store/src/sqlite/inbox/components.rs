//! The components that a person can filter by: those of the items in their inbox.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::{super::error::Result, Inbox};

/// The most items to look at, the newest of each key.
const MAX_SCANNED: usize = 20_000;
/// The fewest items to look at for each key, however many keys there are.
const MIN_SCANNED_PER_KEY: usize = 200;
/// The most components to return.
const MAX_COMPONENTS: usize = 1_000;

/// The names in alphabetical order. Components that only others received are not among them.
pub fn list(connection: &Connection, inbox: &Inbox) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT component FROM
                   (SELECT component FROM audience WHERE key = ?1 AND sequence > ?2 AND sequence <= ?3 ORDER BY sequence DESC LIMIT ?4)
               WHERE component != 0";
    let mut of_range = connection.prepare_cached(sql)?;
    let each = (MAX_SCANNED / inbox.ranges.len().max(1)).max(MIN_SCANNED_PER_KEY);
    let mut ids = BTreeSet::new();
    for range in &inbox.ranges {
        let found = of_range.query_map(params![range.key, range.low, range.high, each], |row| row.get::<_, i64>(0))?;
        for id in found {
            ids.insert(id?);
        }
    }
    let mut name = connection.prepare_cached("SELECT name FROM component WHERE id = ?1 AND tenant = ?2")?;
    let mut names = BTreeSet::new();
    for id in ids {
        names.insert(name.query_row(params![id, inbox.tenant.0], |row| row.get::<_, String>(0))?);
    }
    Ok(names.into_iter().take(MAX_COMPONENTS).collect())
}
