//! Removes notifications from inboxes and notifies the people who had them.

use std::collections::{BTreeMap, BTreeSet};

use campanile_domain::{StoreEvent, TenantId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{audience_keys::from_columns, columns, error::Result, write_transaction::WriteTransaction};

/// A notification that is withdrawn, deleted or corrected.
pub struct FiledNotification {
    pub row: i64,
    tenant: TenantId,
    pub sequence: u64,
    keys: Vec<i64>,
    /// Whether it is in inboxes.
    pub is_in_inboxes: bool,
}

/// Reads a notification from its columns: row, tenant, sequence, keys, and whether it is in inboxes.
pub fn from_row(row: &rusqlite::Row<'_>) -> Result<FiledNotification> {
    Ok(FiledNotification {
        row: row.get(0)?,
        tenant: TenantId(row.get(1)?),
        sequence: row.get(2)?,
        keys: columns::json(row, 3)?,
        is_in_inboxes: row.get(4)?,
    })
}

/// Removes notifications from under their keys and notifies the holders of the keys.
pub fn withdraw(writing: &mut WriteTransaction<'_>, leaving: &[FiledNotification]) -> Result<()> {
    let mut gone = writing.connection.prepare_cached("DELETE FROM audience WHERE key = ?1 AND sequence = ?2")?;
    for one in leaving.iter().filter(|one| one.is_in_inboxes) {
        for key in &one.keys {
            gone.execute(params![key, one.sequence])?;
        }
    }
    notify_holders(writing, leaving)
}

/// Notifies all holders of the keys of these notifications that they must fetch again.
pub fn notify_holders(writing: &mut WriteTransaction<'_>, changed: &[FiledNotification]) -> Result<()> {
    let connection = writing.connection;
    let mut keys: BTreeMap<TenantId, BTreeSet<i64>> = BTreeMap::new();
    for one in changed.iter().filter(|one| one.is_in_inboxes) {
        keys.entry(one.tenant).or_default().extend(&one.keys);
    }
    for (tenant, ids) in keys {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            let sql = "UPDATE audience_key SET revision = revision + 1 WHERE id = ?1 RETURNING kind, object, relation";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([id])?;
            while let Some(row) = rows.next()? {
                names.push(from_columns(row, 0)?);
            }
        }
        writing.notify(StoreEvent::Withdrawn { tenant, keys: names });
    }
    Ok(())
}

/// Finds a notification, and whether it was recalled.
pub fn find(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<(FiledNotification, bool)>> {
    let sql = "SELECT row, tenant, sequence, keys, withdrawn = 0, recalled_at IS NOT NULL FROM notification WHERE tenant = ?1 AND id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, id.as_bytes()], |row| Ok((from_row(row), row.get(5)?))).optional()?;
    found.map(|(leaving, recalled)| Ok((leaving?, recalled))).transpose()
}
