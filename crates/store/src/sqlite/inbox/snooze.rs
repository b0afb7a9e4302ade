//! When snoozed items come back. The item's state says whether it is snoozed. A row of any other item is
//! ignored and deleted when its time comes.

use std::collections::BTreeMap;

use campanile_domain::{PersonId, TenantId};
use campanile_shared::ItemState;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{
        columns::{from_micros, to_micros},
        error::Result,
        write_thread::WriteTransaction,
    },
    Inbox, change,
    scan::find_row,
};
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

/// Whether the time of any row has come.
pub fn is_due(connection: &Connection, now: DateTime<Utc>) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM snooze WHERE until <= ?1")?.exists([to_micros(now)])?)
}

/// Brings back items whose time has come, at most `limit`. Returns how many rows it deleted.
pub fn resurface_due(writing: &mut WriteTransaction<'_>, now: DateTime<Utc>, limit: u32) -> Result<u32> {
    let connection = writing.connection;
    let sql = "SELECT p.tenant, s.person, s.sequence FROM snooze s JOIN person p ON p.id = s.person
               WHERE s.until <= ?1 ORDER BY s.until LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![to_micros(now), limit])?;
    let mut due: BTreeMap<(TenantId, PersonId), Vec<u64>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        due.entry((TenantId(row.get(0)?), PersonId(row.get(1)?))).or_default().push(row.get(2)?);
    }
    let mut gone = 0;
    for ((tenant, person), sequences) in due {
        let inbox = Inbox::load(connection, tenant, person)?;
        let mut back = Vec::new();
        for sequence in sequences {
            connection.prepare_cached("DELETE FROM snooze WHERE person = ?1 AND sequence = ?2")?.execute(params![person.0, sequence])?;
            gone += 1;
            back.extend(
                find_row(connection, &inbox, sequence)?
                    .filter(|item| item.state.is_snoozed())
                    .map(|item| (sequence, item.state.resurfaced())),
            );
        }
        if !back.is_empty() {
            change::publish(writing, inbox, &back)?;
        }
    }
    Ok(gone)
}
