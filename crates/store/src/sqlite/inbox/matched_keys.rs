//! Why an item is in an inbox: the keys it was sent to that the person held.

use campanile_domain::AudienceKey;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{audience_keys, columns::from_micros, error::Result},
    Inbox,
};

/// The most keys to return.
const MAX_KEYS: usize = 20;

/// The keys of a notification that the person held when it was sent. For a role, also since when.
pub fn of(connection: &Connection, inbox: &Inbox, sequence: u64) -> Result<Vec<(AudienceKey, Option<DateTime<Utc>>)>> {
    let sql = "SELECT a.id, k.kind, k.object, k.relation,
                   (SELECT max(since) FROM relation WHERE key = a.id AND subject = ?3 AND since_sequence < ?2
                        AND (until_sequence IS NULL OR until_sequence >= ?2))
               FROM (SELECT key AS id FROM audience WHERE key = ?1 AND sequence = ?2) a JOIN audience_key k ON k.id = a.id";
    let mut statement = connection.prepare_cached(sql)?;
    let subject = audience_keys::subject(inbox.person);
    let mut found = Vec::new();
    for range in inbox.ranges.iter().filter(|range| range.low < sequence && sequence <= range.high) {
        let held = statement.query_row(params![range.key, sequence, subject], |row| {
            let since = row.get::<_, Option<i64>>(4)?.map(from_micros);
            Ok(audience_keys::from_columns(row, 1).map(|key| (key, since)))
        });
        found.extend(held.optional()?.transpose()?);
        if found.len() == MAX_KEYS {
            break;
        }
    }
    Ok(found)
}
