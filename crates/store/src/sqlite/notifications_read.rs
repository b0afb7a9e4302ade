//! Reads the notifications of a tenant, for all recipients.

use campanile_domain::{Notification, TenantId, model::listing::Listing};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    columns::{NOTIFICATION_COLUMNS, notification},
    error::Result,
    page_budget::PageBudget,
    pagination::{paginate, row_bytes},
};

/// A page of notifications before a sequence, the newest first.
pub fn page(connection: &Connection, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>> {
    let sql =
        format!("SELECT {NOTIFICATION_COLUMNS} FROM notification WHERE tenant = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let rows = statement.query(params![tenant.0, before, u64::from(limit) + 1])?;
    paginate(rows, limit, |row| notification(row).map(|found| (found.sequence, found)))
}

/// Finds a notification by id.
pub fn by_id(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<Notification>> {
    let sql = format!("SELECT {NOTIFICATION_COLUMNS} FROM notification WHERE tenant = ?1 AND id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    rows.next()?.map(notification).transpose()
}

/// Finds a notification by sequence within the budget of a page; `None` when the page is full.
pub fn by_sequence(
    connection: &Connection,
    tenant: TenantId,
    sequence: u64,
    budget: &mut PageBudget,
) -> Result<Option<Option<Notification>>> {
    let sql = format!("SELECT {NOTIFICATION_COLUMNS} FROM notification WHERE tenant = ?1 AND sequence = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, sequence])?;
    let Some(row) = rows.next()? else { return Ok(Some(None)) };
    if budget.take(row_bytes(row)) { notification(row).map(|found| Some(Some(found))) } else { Ok(None) }
}

/// The sequence of an id.
pub fn sequence_of(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}
