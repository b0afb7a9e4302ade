//! Notifications that are scheduled for later, and unscheduled ones.

use campanile_domain::{
    Error, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        listing::Listing,
        scheduled::{ScheduledCursor, ScheduledNotification},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    columns::{self, from_micros, to_micros},
    error::Result,
    idempotency,
    notifications::{self, PreparedNotification},
    page_budget::PageBudget,
    pagination::{paginate, row_bytes},
    tenants,
    write_transaction::WriteTransaction,
};

/// Stores a scheduled notification, unless its idempotency key was used already.
pub fn insert(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    scheduled: &ScheduledNotification,
    claim: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
) -> Result<Accepted> {
    let connection = writing.connection;
    let now = from_micros(to_micros(now));
    if let Some(claim) = claim
        && let Some(first) = idempotency::accepted_before(connection, tenant, claim, now)?
    {
        return Ok(first);
    }
    tenants::head(connection, tenant)?;
    connection.prepare_cached("INSERT INTO scheduled (id, tenant, due_at, body) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        scheduled.id.as_bytes(),
        tenant.0,
        scheduled.due_at.map(to_micros),
        serde_json::to_string(scheduled)?
    ])?;
    let accepted =
        Accepted { id: scheduled.id, sequence: 0, accepted_at: now, repeated: false, has_deliveries: scheduled.due_at.is_some() };
    if let Some(claim) = claim {
        idempotency::record_response(connection, tenant, claim, now, &accepted)?;
    }
    Ok(accepted)
}

/// A page of a tenant's, after a cursor: by time, unscheduled ones last.
pub fn list(
    connection: &Connection,
    tenant: TenantId,
    after: Option<ScheduledCursor>,
    limit: u32,
) -> Result<Listing<ScheduledNotification, ScheduledCursor>> {
    // Unscheduled ones sort as the highest time.
    let sql = "SELECT body FROM scheduled WHERE tenant = ?1 AND (coalesce(due_at, ?2), id) > (?3, ?4)
               ORDER BY coalesce(due_at, ?2), id LIMIT ?5";
    let mut statement = connection.prepare_cached(sql)?;
    let (due_at, id) = after.map_or((i64::MIN, Uuid::nil()), |place| (place.due_at.map_or(i64::MAX, to_micros), place.id));
    let rows = statement.query(params![tenant.0, i64::MAX, due_at, id.as_bytes(), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let scheduled: ScheduledNotification = columns::json(row, 0)?;
        Ok((ScheduledCursor { due_at: scheduled.due_at, id: scheduled.id }, scheduled))
    })
}

/// Finds one.
pub fn find(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<ScheduledNotification>> {
    let mut statement = connection.prepare_cached("SELECT body FROM scheduled WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(columns::json(row, 0)?))
}

/// Those that are due, of all tenants.
pub fn find_due(connection: &Connection, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, ScheduledNotification)>> {
    let sql = "SELECT tenant, body FROM scheduled WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![to_micros(now), limit])?;
    let (mut found, mut budget) = (Vec::new(), PageBudget::page());
    while let Some(row) = rows.next()?
        && budget.take(row_bytes(row))
    {
        found.push((TenantId(row.get(0)?), columns::json(row, 1)?));
    }
    Ok(found)
}

/// When the next is due.
pub fn next_due(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT MIN(due_at) FROM scheduled WHERE due_at IS NOT NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Sends one and removes it.
pub fn publish(writing: &mut WriteTransaction<'_>, tenant: TenantId, prepared: PreparedNotification) -> Result<Accepted> {
    delete(writing, tenant, prepared.id())?;
    notifications::accept(writing, tenant, prepared)
}

/// Removes one.
pub fn delete(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid) -> Result<()> {
    let mut statement = writing.connection.prepare_cached("DELETE FROM scheduled WHERE tenant = ?1 AND id = ?2")?;
    match statement.execute(params![tenant.0, id.as_bytes()])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}
