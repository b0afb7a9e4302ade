//! Housekeeping: withdraws expired notifications and deletes what is past its retention.

use std::collections::{BTreeMap, BTreeSet};

use campanile_domain::{StoreEvent, TenantId};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::{
    audience_keys::from_columns,
    columns::to_micros,
    deliveries,
    error::Result,
    inbox::{self, button_clicks, undo::UNDO_WINDOW},
    notifications::IDEMPOTENCY_RETENTION,
    search_index, tenants,
    write_thread::WriteTransaction,
};

/// How long a URL stays disabled (90 days).
const DISABLED_URL_RETENTION: TimeDelta = TimeDelta::days(90);

/// A notification that is withdrawn, deleted or corrected.
pub struct FiledNotification {
    pub row: i64,
    tenant: TenantId,
    sequence: u64,
    keys: Vec<i64>,
    /// Whether it is in inboxes.
    pub is_in_inboxes: bool,
}

/// Removes expired notifications from the inboxes.
pub fn expire(writing: &mut WriteTransaction<'_>, now: DateTime<Utc>, limit: u32) -> Result<u32> {
    writing.open_reserve()?;
    let connection = writing.connection;
    let sql = "SELECT row, tenant, sequence, keys, 1 FROM notification
               WHERE expires_at IS NOT NULL AND expires_at <= ?1 AND withdrawn = 0 ORDER BY expires_at LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![to_micros(now), limit])?;
    let mut leaving = Vec::new();
    while let Some(row) = rows.next()? {
        leaving.push(from_row(row)?);
    }
    for one in &leaving {
        connection.prepare_cached("UPDATE notification SET withdrawn = 1 WHERE row = ?1")?.execute([one.row])?;
    }
    withdraw(writing, &leaving)?;
    Ok(leaving.len() as u32)
}

/// Deletes data that is past its retention.
pub fn purge(writing: &mut WriteTransaction<'_>, now: DateTime<Utc>, limit: u32) -> Result<u32> {
    writing.open_reserve()?;
    let connection = writing.connection;
    let mut left = limit;
    for tenant in tenants::all(connection)?.into_iter().filter(|tenant| tenant.settings.retention_days > 0) {
        let cutoff = now - TimeDelta::days(tenant.settings.retention_days.into());
        let mut leaving = past_retention(connection, tenant.id, cutoff, left)?;
        let mut cleared = 0;
        for one in &leaving {
            // The deliveries first, because there may be millions; then the notification.
            left -= deliveries::delete_some(connection, tenant.id, one.sequence, left)?;
            if left == 0 {
                break;
            }
            (left, cleared) = (left - 1, cleared + 1);
        }
        leaving.truncate(cleared);
        withdraw(writing, &leaving)?;
        for one in &leaving {
            connection.prepare_cached("DELETE FROM notification WHERE row = ?1")?.execute([one.row])?;
            search_index::mark_removed(connection, one.row)?;
            button_clicks::forget(connection, tenant.id, one.sequence)?;
        }
        if let Some(last) = leaving.last() {
            let sql = "UPDATE tenant SET purged_up_to = ?2 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![tenant.id.0, last.sequence])?;
        }
        inbox::tidy(connection, tenant.id, tenants::purged_up_to(connection, tenant.id)?)?;
    }
    tenants::delete_former_secrets(connection, now)?;
    for (sql, before) in [
        ("DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires_at <= ?1 LIMIT ?2)", now),
        ("DELETE FROM undo WHERE rowid IN (SELECT rowid FROM undo WHERE created_at < ?1 LIMIT ?2)", now - UNDO_WINDOW),
        (
            "DELETE FROM idempotency_key WHERE (tenant, scope, key) IN
                 (SELECT tenant, scope, key FROM idempotency_key WHERE created_at <= ?1 LIMIT ?2)",
            now - IDEMPOTENCY_RETENTION,
        ),
        (
            "DELETE FROM disabled_url WHERE (tenant, url) IN (SELECT tenant, url FROM disabled_url WHERE disabled_at <= ?1 LIMIT ?2)",
            now - DISABLED_URL_RETENTION,
        ),
    ] {
        connection.prepare_cached(sql)?.execute(params![to_micros(before), limit])?;
    }
    Ok(limit - left)
}

/// Removes deleted notifications from the search index. A step of its own after [`purge`], because the index
/// may need the space that the purge frees.
pub fn tidy_search(writing: &mut WriteTransaction<'_>, limit: u32) -> Result<()> {
    writing.open_reserve()?;
    search_index::remove_leftovers(writing.connection, limit)
}

/// The oldest notifications of a tenant that are past the cutoff.
fn past_retention(connection: &Connection, tenant: TenantId, cutoff: DateTime<Utc>, limit: u32) -> Result<Vec<FiledNotification>> {
    let sql =
        "SELECT row, tenant, sequence, keys, withdrawn = 0, accepted_at FROM notification WHERE tenant = ?1 ORDER BY sequence LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, limit])?;
    let mut leaving = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(5)? >= to_micros(cutoff) {
            break;
        }
        leaving.push(from_row(row)?);
    }
    Ok(leaving)
}

pub fn from_row(row: &rusqlite::Row<'_>) -> Result<FiledNotification> {
    Ok(FiledNotification {
        row: row.get(0)?,
        tenant: TenantId(row.get(1)?),
        sequence: row.get(2)?,
        keys: serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?,
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
