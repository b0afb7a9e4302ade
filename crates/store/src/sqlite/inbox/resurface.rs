//! Brings back snoozed items whose time has come.

use std::collections::BTreeMap;

use campanile_domain::{PersonId, TenantId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    super::{columns::to_micros, error::Result, write_transaction::WriteTransaction},
    Inbox, item_changes,
    scan::find_row,
};

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
            item_changes::publish(writing, inbox, &back)?;
        }
    }
    Ok(gone)
}
