//! What undoes a change, part by part, as the undo table stores it.

use chrono::TimeDelta;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{
    super::{columns::to_micros, error::Result},
    change_command::ChangeCommand,
};
use crate::state::StateChange;

/// How long a change can be undone (10 minutes).
pub const UNDO_WINDOW: TimeDelta = TimeDelta::minutes(10);

/// What undoes one part of a change.
#[derive(Deserialize, Serialize)]
pub struct Inverse {
    pub bit: u8,
    pub set: bool,
    /// Items that changed with a row each.
    pub items: Vec<u64>,
    /// Spans that changed: `low < sequence ≤ high`.
    pub spans: Vec<(u64, u64)>,
    /// Items inside these spans that had rows and did not change.
    pub unchanged_rows: Vec<u64>,
    /// Items whose snooze was ended or changed, each with the former end.
    pub snoozed: Vec<(u64, i64)>,
}

impl Inverse {
    /// The inverse of a change that has changed nothing yet.
    pub fn of(mark: StateChange) -> Self {
        Self { bit: mark.bit, set: mark.set, items: Vec::new(), spans: Vec::new(), unchanged_rows: Vec::new(), snoozed: Vec::new() }
    }
}

/// Stores a part.
pub fn save(connection: &Connection, order: &ChangeCommand, part: u32, inverse: &Inverse) -> Result<()> {
    connection.prepare_cached("INSERT INTO undo (id, part, person, created_at, inverse) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        order.undo.as_bytes(),
        part,
        order.person.0,
        to_micros(order.now),
        serde_json::to_string(inverse)?
    ])?;
    Ok(())
}
