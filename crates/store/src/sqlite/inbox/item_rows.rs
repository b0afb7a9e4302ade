//! Rows with the state of single items.

use campanile_domain::PersonId;
use rusqlite::{Connection, OptionalExtension, params};

use super::super::error::Result;
use crate::state::StateBits;

/// The most rows of deleted items that one write removes as a side effect.
const MAX_REMOVED: u32 = 500;

/// The state in an item's row, if it has one.
pub fn state(connection: &Connection, person: PersonId, sequence: u64) -> Result<Option<StateBits>> {
    let mut statement = connection.prepare_cached("SELECT state FROM item_state WHERE person = ?1 AND sequence = ?2")?;
    Ok(statement.query_row(params![person.0, sequence], |row| row.get(0).map(StateBits)).optional()?)
}

/// Writes the state of an item. Returns whether the row is new.
pub fn set(connection: &Connection, person: PersonId, sequence: u64, state: StateBits, revision: u64) -> Result<bool> {
    let sql = "UPDATE item_state SET state = ?3, revision = ?4 WHERE person = ?1 AND sequence = ?2";
    let known = connection.prepare_cached(sql)?.execute(params![person.0, sequence, state.0, revision])? > 0;
    if !known {
        let sql = "INSERT INTO item_state (person, sequence, state, revision) VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![person.0, sequence, state.0, revision])?;
    }
    Ok(!known)
}

/// Removes the row of an item.
pub fn remove(connection: &Connection, person: PersonId, sequence: u64) -> Result<()> {
    connection.prepare_cached("DELETE FROM item_state WHERE person = ?1 AND sequence = ?2")?.execute(params![person.0, sequence])?;
    Ok(())
}

/// The newest rows in `low < sequence ≤ high`.
pub fn within(connection: &Connection, person: PersonId, low: u64, high: u64, limit: u32) -> Result<Vec<(u64, StateBits)>> {
    let sql = "SELECT sequence, state FROM item_state WHERE person = ?1 AND sequence > ?2 AND sequence <= ?3
               ORDER BY sequence DESC LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![person.0, low, high, limit], |row| Ok((row.get(0)?, StateBits(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The newest rows in one state in `low < sequence ≤ high`.
pub fn in_state(
    connection: &Connection,
    person: PersonId,
    state: StateBits,
    low: u64,
    high: u64,
    limit: u32,
) -> Result<Vec<(u64, StateBits)>> {
    let sql = "SELECT sequence FROM item_state WHERE person = ?1 AND state = ?2 AND sequence > ?3 AND sequence <= ?4
               ORDER BY sequence DESC LIMIT ?5";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![person.0, state.0, low, high, limit], |row| Ok((row.get(0)?, state)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Removes rows of items up to a sequence, at most a fixed number. Returns whether none is left.
pub fn remove_up_to(connection: &Connection, person: PersonId, up_to: u64) -> Result<bool> {
    let mut done = true;
    for sql in [
        "DELETE FROM item_state WHERE person = ?1 AND sequence IN
             (SELECT sequence FROM item_state WHERE person = ?1 AND sequence <= ?2 LIMIT ?3)",
        "DELETE FROM read_time WHERE person = ?1 AND sequence IN
             (SELECT sequence FROM read_time WHERE person = ?1 AND sequence <= ?2 LIMIT ?3)",
        "DELETE FROM snooze WHERE person = ?1 AND sequence IN
             (SELECT sequence FROM snooze WHERE person = ?1 AND sequence <= ?2 LIMIT ?3)",
        "DELETE FROM bulk_mark WHERE (person, bit, up_to) IN
             (SELECT person, bit, up_to FROM bulk_mark WHERE person = ?1 AND up_to <= ?2 LIMIT ?3)",
    ] {
        done &= connection.prepare_cached(sql)?.execute(params![person.0, up_to, MAX_REMOVED])? < MAX_REMOVED as usize;
    }
    Ok(done)
}
