//! When snoozed items come back. The item's state says whether it is snoozed; a row of any other item is ignored.

use campanile_domain::PersonId;
use campanile_shared::ItemState;
use rusqlite::{Connection, OptionalExtension, params};

use super::super::{columns::from_micros, error::Result};
use crate::state::StateBits;

/// Stores when an item comes back, in microseconds since 1970 UTC.
pub fn save(connection: &Connection, person: PersonId, sequence: u64, until: i64) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO snooze (person, sequence, until) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![person.0, sequence, until])?;
    Ok(())
}

/// When an item comes back, if it is snoozed.
pub fn until(connection: &Connection, person: PersonId, sequence: u64) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT until FROM snooze WHERE person = ?1 AND sequence = ?2")?;
    Ok(statement.query_row(params![person.0, sequence], |row| row.get(0)).optional()?)
}

/// The state as the API has it, with the end of a snooze.
pub fn item_state(connection: &Connection, person: PersonId, sequence: u64, state: StateBits) -> Result<ItemState> {
    let until = if state.is_snoozed() { until(connection, person, sequence)?.map(from_micros) } else { None };
    Ok(ItemState { snoozed_until: until, ..state.to_item_state() })
}
