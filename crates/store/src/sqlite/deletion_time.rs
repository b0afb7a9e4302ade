//! The time by which old data was last deleted: at most one row.

use campanile_domain::model::deletion_time::DeletionTime;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    write_transaction::WriteTransaction,
};

/// The stored time, or that of the newest notification when none is stored.
pub fn load(connection: &Connection) -> Result<Option<DeletionTime>> {
    let mut statement = connection.prepare_cached("SELECT at, advanced_at FROM deletion_time")?;
    let kept = statement
        .query_row([], |row| Ok(DeletionTime { at: from_micros(row.get(0)?), advanced_at: from_micros(row.get(1)?) }))
        .optional()?;
    if kept.is_some() {
        return Ok(kept);
    }
    let mut statement = connection.prepare_cached("SELECT accepted_at FROM notification ORDER BY row DESC LIMIT 1")?;
    let last = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(last.map(|at| DeletionTime::starting_at(from_micros(at))))
}

/// Stores the time.
pub fn save(writing: &mut WriteTransaction<'_>, time: DeletionTime) -> Result<()> {
    let connection = writing.connection;
    connection.prepare_cached("DELETE FROM deletion_time")?.execute([])?;
    let sql = "INSERT INTO deletion_time (at, advanced_at) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![to_micros(time.at), to_micros(time.advanced_at)])?;
    Ok(())
}
