//! Finds sequences by bisection: the first at a time, and the first that is not in the search index.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{columns::to_micros, error::Result, search_index},
    Inbox,
};

/// The first sequence that is not in the index, or the one after the newest.
pub fn first_unindexed(connection: &Connection, inbox: &Inbox) -> Result<u64> {
    let indexed = search_index::indexed_up_to(connection)?;
    let mut statement = connection.prepare_cached("SELECT row FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    // Rows rise with sequences, and deleted notifications were older than all others.
    first_sequence(inbox, |sequence| {
        let row: Option<u64> = statement.query_row(params![inbox.tenant.0, sequence], |row| row.get(0)).optional()?;
        Ok(row.is_some_and(|row| row > indexed))
    })
}

/// The first sequence that was accepted at or after a time, or the one after the newest. Times rise with
/// sequences, unless the clock was set back.
pub fn sequence_at(connection: &Connection, inbox: &Inbox, at: DateTime<Utc>) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT accepted_at FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    first_sequence(inbox, |sequence| {
        let stored: Option<i64> = statement.query_row(params![inbox.tenant.0, sequence], |row| row.get(0)).optional()?;
        Ok(stored.is_some_and(|stored| stored >= to_micros(at)))
    })
}

/// The first sequence for which `holds` is true, or the one after the newest. It must then be true for all
/// later ones.
fn first_sequence(inbox: &Inbox, mut holds: impl FnMut(u64) -> Result<bool>) -> Result<u64> {
    let (mut low, mut high) = (inbox.purged_up_to + 1, inbox.head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}
