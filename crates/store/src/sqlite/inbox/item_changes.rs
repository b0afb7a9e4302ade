//! Writes new states of items, and reads them as live streams report them.

use campanile_shared::{Snapshot, live::ItemChange};
use rusqlite::{Connection, params};

use super::{
    super::{columns::uuid, error::Result, write_transaction::WriteTransaction},
    Inbox, compact, item_rows, snooze,
};
use crate::state::StateBits;

/// Gives items new states and notifies listeners.
pub fn publish(writing: &mut WriteTransaction<'_>, mut inbox: Inbox, changed: &[(u64, StateBits)]) -> Result<Snapshot> {
    let connection = writing.connection;
    write_states(connection, &mut inbox, changed)?;
    compact::compact(connection, &mut inbox, writing.limits)?;
    inbox.save_and_notify(writing)
}

/// Gives items new states, as one change of the inbox.
pub fn write_states(connection: &Connection, inbox: &mut Inbox, changed: &[(u64, StateBits)]) -> Result<()> {
    let revision = inbox.begin_change();
    for (sequence, state) in changed {
        inbox.rows_since_compaction += u64::from(item_rows::set(connection, inbox.person, *sequence, *state, revision)?);
    }
    Ok(())
}

/// The changes as live streams report them.
pub fn item_changes(connection: &Connection, inbox: &Inbox, changed: &[(u64, StateBits)]) -> Result<Vec<ItemChange>> {
    let mut changes = Vec::with_capacity(changed.len());
    for (sequence, state) in changed {
        let mut statement = connection.prepare_cached("SELECT id FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
        let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
        if let Some(row) = rows.next()? {
            let state = snooze::item_state(connection, inbox.person, *sequence, *state)?;
            changes.push(ItemChange { id: uuid(row, 0)?, state });
        }
    }
    Ok(changes)
}
