//! Housekeeping: withdraws expired notifications and deletes what is past its retention.

use campanile_domain::{TenantId, idempotency::IDEMPOTENCY_KEY_LIFETIME};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::{
    columns::to_micros,
    deliveries,
    disabled_urls::DISABLED_URL_RETENTION,
    error::Result,
    inbox::{button_clicks, cleanup, undo_log::UNDO_WINDOW},
    search_index, tenants,
    withdrawal::{self, FiledNotification},
    write_transaction::WriteTransaction,
};

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
        leaving.push(withdrawal::from_row(row)?);
    }
    for one in &leaving {
        connection.prepare_cached("UPDATE notification SET withdrawn = 1 WHERE row = ?1")?.execute([one.row])?;
    }
    withdrawal::withdraw(writing, &leaving)?;
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
        withdrawal::withdraw(writing, &leaving)?;
        for one in &leaving {
            connection.prepare_cached("DELETE FROM notification WHERE row = ?1")?.execute([one.row])?;
            search_index::mark_removed(connection, one.row)?;
            button_clicks::forget(connection, tenant.id, one.sequence)?;
        }
        if let Some(last) = leaving.last() {
            let sql = "UPDATE tenant SET purged_up_to = ?2 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![tenant.id.0, last.sequence])?;
        }
        cleanup::tidy(connection, tenant.id, tenants::purged_up_to(connection, tenant.id)?)?;
    }
    tenants::delete_former_secrets(connection, now)?;
    for (sql, before) in [
        ("DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires_at <= ?1 LIMIT ?2)", now),
        ("DELETE FROM undo WHERE rowid IN (SELECT rowid FROM undo WHERE created_at < ?1 LIMIT ?2)", now - UNDO_WINDOW),
        (
            "DELETE FROM idempotency_key WHERE (tenant, scope, key) IN
                 (SELECT tenant, scope, key FROM idempotency_key WHERE created_at <= ?1 LIMIT ?2)",
            now - IDEMPOTENCY_KEY_LIFETIME,
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
        leaving.push(withdrawal::from_row(row)?);
    }
    Ok(leaving)
}
