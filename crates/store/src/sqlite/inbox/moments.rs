//! When items were read and dismissed, one by one or all at once.

use campanile_domain::PersonId;
use campanile_shared::inbox::Action;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{
    fault::Result,
    values::{instant, micros},
};
use crate::state::Mark;

/// When an item was read and dismissed, as far as that is known.
#[derive(Default)]
pub struct Moments {
    pub read_at: Option<DateTime<Utc>>,
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// Records when items were marked: the first time they were read and the last time they were dismissed.
pub fn note(connection: &Connection, person: PersonId, sequences: impl Iterator<Item = u64>, mark: Mark, now: DateTime<Utc>) -> Result<()> {
    if !mark.set {
        return Ok(());
    }
    let (read_at, dismissed_at) = if mark.is_read() { (Some(micros(now)), None) } else { (None, Some(micros(now))) };
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
pub fn note_all(connection: &Connection, person: PersonId, up_to: u64, mark: Mark, now: DateTime<Utc>) -> Result<()> {
    if mark.set {
        let sql = "INSERT OR IGNORE INTO bulk_mark (person, bit, up_to, marked_at) VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![person.0, mark.bit, up_to, micros(now)])?;
    }
    Ok(())
}

/// When everything up to an item, or beyond it, was first marked.
fn of_all(connection: &Connection, person: PersonId, sequence: u64, action: Action) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT marked_at FROM bulk_mark WHERE person = ?1 AND bit = ?2 AND up_to >= ?3 ORDER BY up_to LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![person.0, Mark::of(action).bit, sequence], |row| row.get(0)).optional()?;
    Ok(found.map(instant))
}

/// The times of an item. A change of the item itself takes precedence over a change of all.
pub fn of(connection: &Connection, person: PersonId, sequence: u64) -> Result<Moments> {
    let sql = "SELECT read_at, dismissed_at FROM read_time WHERE person = ?1 AND sequence = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let at = |row: &Row<'_>, column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(instant));
    let found = statement.query_row(params![person.0, sequence], |row| Ok(Moments { read_at: at(row, 0)?, dismissed_at: at(row, 1)? }));
    let mut moments = found.optional()?.unwrap_or_default();
    if moments.read_at.is_none() {
        moments.read_at = of_all(connection, person, sequence, Action::Read)?;
    }
    if moments.dismissed_at.is_none() {
        moments.dismissed_at = of_all(connection, person, sequence, Action::Dismiss)?;
    }
    Ok(moments)
}
