//! When single items were read and put away.

use campanile_domain::PersonId;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{
    fault::Result,
    values::{instant, micros},
};
use crate::state::Mark;

/// When an item was read and when it was put away, as far as that is known.
#[derive(Default)]
pub struct Moments {
    pub read_at: Option<DateTime<Utc>>,
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// Notes when items got a mark: of reading the first time counts, of putting away the last.
pub fn note(connection: &Connection, person: PersonId, sequences: impl Iterator<Item = u64>, mark: Mark, now: DateTime<Utc>) -> Result<()> {
    if !mark.set {
        return Ok(());
    }
    let (read_at, dismissed_at) = if mark.is_read() { (Some(micros(now)), None) } else { (None, Some(micros(now))) };
    let sql = "INSERT INTO moment (person, sequence, read_at, dismissed_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET read_at = coalesce(read_at, excluded.read_at),
                   dismissed_at = coalesce(excluded.dismissed_at, dismissed_at)";
    let mut statement = connection.prepare_cached(sql)?;
    for sequence in sequences {
        statement.execute(params![person.0, sequence, read_at, dismissed_at])?;
    }
    Ok(())
}

/// Those of an item.
pub fn of(connection: &Connection, person: PersonId, sequence: u64) -> Result<Moments> {
    let sql = "SELECT read_at, dismissed_at FROM moment WHERE person = ?1 AND sequence = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let at = |row: &Row<'_>, column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(instant));
    let found = statement.query_row(params![person.0, sequence], |row| Ok(Moments { read_at: at(row, 0)?, dismissed_at: at(row, 1)? }));
    Ok(found.optional()?.unwrap_or_default())
}
