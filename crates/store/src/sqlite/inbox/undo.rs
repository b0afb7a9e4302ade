//! Undoes a change. It stores which items changed and not their former states. A change sets one mark on items
//! that did not have it, so undoing removes that mark from the same items and keeps all later changes.

use std::collections::{HashMap, HashSet};

use campanile_domain::{Error, PersonId, TenantId};
use campanile_shared::InboxChangeResult;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    super::{columns::to_micros, error::Result, write_transaction::WriteTransaction},
    Inbox, compact, item_changes, item_rows, snooze,
    undo_log::{Inverse, UNDO_WINDOW},
};
use crate::state::{StateBits, StateChange};

/// Claims a change for undoing, so that it is undone once. [`Error::NotFound`] when it is used or too old.
pub fn claim(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE undo SET used = 1 WHERE id = ?1 AND used = 0 AND created_at >= ?2
                   AND person = (SELECT id FROM person WHERE id = ?3 AND tenant = ?4)";
    let mut statement = writing.connection.prepare_cached(sql)?;
    match statement.execute(params![undo.as_bytes(), to_micros(now - UNDO_WINDOW), person.0, tenant.0])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}

/// Undoes one part of a claimed change. Returns the result after the last part.
pub fn step(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, undo: Uuid) -> Result<Option<InboxChangeResult>> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, tenant, person)?;
    let sql = "DELETE FROM undo WHERE id = ?1 AND part = (SELECT min(part) FROM undo WHERE id = ?1) RETURNING inverse";
    let inverse: Option<String> = connection.prepare_cached(sql)?.query_map([undo.as_bytes()], |row| row.get(0))?.next().transpose()?;
    let Some(inverse) = inverse else {
        return Ok(Some(InboxChangeResult { undo: None, snapshot: inbox.snapshot(connection)? }));
    };
    revert(writing, inbox, &serde_json::from_str(&inverse)?)?;
    Ok(None)
}

fn revert(writing: &mut WriteTransaction<'_>, mut inbox: Inbox, inverse: &Inverse) -> Result<()> {
    let (connection, person) = (writing.connection, inbox.person);
    let mark = StateChange { bit: inverse.bit, set: inverse.set };
    let back = mark.inverse();
    let snoozed: HashMap<u64, i64> = inverse.snoozed.iter().copied().collect();
    let mut changed: Vec<(u64, StateBits)> = Vec::new();
    let kept: HashSet<u64> = inverse.unchanged_rows.iter().copied().collect();
    for (low, high) in inverse.spans.iter().copied() {
        for (sequence, state) in item_rows::within(connection, person, low, high, u32::MAX)? {
            if !kept.contains(&sequence) && back.changes(state) {
                changed.push((sequence, back.apply(state)));
            }
        }
    }
    // A row that did not change may have been removed since, because the span had the same state. It is needed
    // again.
    for sequence in inverse.unchanged_rows.iter().copied() {
        if state_of(connection, person, sequence)?.is_none() {
            item_rows::set(connection, person, sequence, inbox.watermarks.at(sequence), 0)?;
        }
    }
    for sequence in inverse.items.iter().copied() {
        let state = state_of(connection, person, sequence)?.unwrap_or_else(|| inbox.watermarks.at(sequence));
        match snoozed.get(&sequence) {
            // The item is as the change left it: it is snoozed again.
            Some(until) if !mark.changes(state) && mark.is_dismissed() == state.is_dismissed() => {
                snooze::save(connection, person, sequence, *until)?;
                changed.push((sequence, if mark.is_dismissed() { back.apply(state) } else { state }.snoozed()));
            }
            None if back.changes(state) => changed.push((sequence, back.apply(state))),
            _ => {}
        }
    }
    let before = inbox.watermarks.clone();
    for (low, high) in inverse.spans.iter().copied() {
        inbox.watermarks.change(low, high, |state| back.apply(state));
    }
    let moved = inbox.watermarks != before;
    if changed.is_empty() && !moved {
        return Ok(());
    }
    item_changes::write_states(connection, &mut inbox, &changed)?;
    if moved {
        inbox.require_refetch();
    }
    compact::compact(connection, &mut inbox, writing.limits)?;
    inbox.save_and_notify(writing)?;
    Ok(())
}

fn state_of(connection: &Connection, person: PersonId, sequence: u64) -> Result<Option<StateBits>> {
    item_rows::state(connection, person, sequence)
}
