//! When items were read and dismissed, one by one or all at once.

use campanile_domain::PersonId;
use campanile_shared::inbox::Action;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{
    columns::{from_micros, to_micros},
    error::Result,
};
use crate::state::StateChange;

/// When an item was read and dismissed, as far as that is known.
#[derive(Default)]
pub struct ReadTimes {
    pub read_at: Option<DateTime<Utc>>,
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// Records when items were marked: the first time they were read and the last time they were dismissed.
pub fn record(
    connection: &Connection,
    person: PersonId,
    sequences: impl Iterator<Item = u64>,
    mark: StateChange,
    now: DateTime<Utc>,
) -> Result<()> {
    let time = Some(to_micros(now)).filter(|_| mark.set);
    let (read_at, dismissed_at) = (time.filter(|_| mark.is_read()), time.filter(|_| mark.is_dismissed()));
    if read_at.is_none() && dismissed_at.is_none() {
        return Ok(());
    }
    let sql = "INSERT INTO read_time (person, sequence, read_at, dismissed_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET read_at = coalesce(read_at, excluded.read_at),
                   dismissed_at = coalesce(excluded.dismissed_at, dismissed_at)";
    let mut statement = connection.prepare_cached(sql)?;
    for sequence in sequences {
        statement.execute(params![person.0, sequence, read_at, dismissed_at])?;
    }
    Ok(())
}

/// Records when everything up to a sequence was marked.
pub fn record_bulk(connection: &Connection, person: PersonId, up_to: u64, mark: StateChange, now: DateTime<Utc>) -> Result<()> {
    if mark.set {
        let sql = "INSERT OR IGNORE INTO bulk_mark (person, bit, up_to, marked_at) VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![person.0, mark.bit, up_to, to_micros(now)])?;
    }
    Ok(())
}

/// When everything up to an item, or beyond it, was first marked.
fn bulk_time(connection: &Connection, person: PersonId, sequence: u64, action: Action) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT marked_at FROM bulk_mark WHERE person = ?1 AND bit = ?2 AND up_to >= ?3 ORDER BY up_to LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![person.0, StateChange::of(action).bit, sequence], |row| row.get(0)).optional()?;
    Ok(found.map(from_micros))
}

/// The times of an item. A change of the item itself takes precedence over a change of all.
pub fn of(connection: &Connection, person: PersonId, sequence: u64) -> Result<ReadTimes> {
    let sql = "SELECT read_at, dismissed_at FROM read_time WHERE person = ?1 AND sequence = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let at = |row: &Row<'_>, column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(from_micros));
    let found = statement.query_row(params![person.0, sequence], |row| Ok(ReadTimes { read_at: at(row, 0)?, dismissed_at: at(row, 1)? }));
    let mut moments = found.optional()?.unwrap_or_default();
    if moments.read_at.is_none() {
        moments.read_at = bulk_time(connection, person, sequence, Action::Read)?;
    }
    if moments.dismissed_at.is_none() {
        moments.dismissed_at = bulk_time(connection, person, sequence, Action::Dismiss)?;
    }
    Ok(moments)
}
