//! Notifications that are scheduled for later, and unscheduled ones.

use campanile_domain::{
    Error, TenantId,
    schedule::{Place, Scheduled},
    store::{Accepted, Claim, Listing},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    accept::{self, Prepared},
    budget::Budget,
    fault::Result,
    listing::{bytes, listing},
    tenants,
    values::{instant, micros},
    writer::Writing,
};

/// Stores a scheduled notification, unless its idempotency key was used already.
pub fn keep(
    writing: &mut Writing<'_>,
    tenant: TenantId,
    scheduled: &Scheduled,
    claim: Option<&Claim>,
    now: DateTime<Utc>,
) -> Result<Accepted> {
    let connection = writing.connection;
    let now = instant(micros(now));
    if let Some(claim) = claim
        && let Some(first) = accept::claimed(connection, tenant, claim, now)?
    {
        return Ok(first);
    }
    tenants::head(connection, tenant)?;
    connection.prepare_cached("INSERT INTO scheduled (id, tenant, due_at, body) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        scheduled.id.as_bytes(),
        tenant.0,
        scheduled.due_at.map(micros),
        serde_json::to_string(scheduled)?
    ])?;
    let accepted = Accepted { id: scheduled.id, sequence: 0, accepted_at: now, repeated: false, outgoing: scheduled.due_at.is_some() };
    if let Some(claim) = claim {
        accept::keep_claim(connection, tenant, claim, now, &accepted)?;
    }
    Ok(accepted)
}

/// A page of a tenant's, after a cursor: by time, unscheduled ones last.
pub fn list(connection: &Connection, tenant: TenantId, after: Option<Place>, limit: u32) -> Result<Listing<Scheduled, Place>> {
    // Unscheduled ones sort as the highest time.
    let sql = "SELECT body FROM scheduled WHERE tenant = ?1 AND (coalesce(due_at, ?2), id) > (?3, ?4)
               ORDER BY coalesce(due_at, ?2), id LIMIT ?5";
    let mut statement = connection.prepare_cached(sql)?;
    let (due_at, id) = after.map_or((i64::MIN, Uuid::nil()), |place| (place.due_at.map_or(i64::MAX, micros), place.id));
    let rows = statement.query(params![tenant.0, i64::MAX, due_at, id.as_bytes(), u64::from(limit) + 1])?;
    listing(rows, limit, |row| {
        let scheduled: Scheduled = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        Ok((Place { due_at: scheduled.due_at, id: scheduled.id }, scheduled))
    })
}

/// Finds one.
pub fn one(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<Scheduled>> {
    let mut statement = connection.prepare_cached("SELECT body FROM scheduled WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?))
}

/// Those that are due, of all tenants.
pub fn due(connection: &Connection, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, Scheduled)>> {
    let sql = "SELECT tenant, body FROM scheduled WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![micros(now), limit])?;
    let (mut found, mut budget) = (Vec::new(), Budget::page());
    while let Some(row) = rows.next()?
        && budget.take(bytes(row))
    {
        found.push((TenantId(row.get(0)?), serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?));
    }
    Ok(found)
}

/// When the next is due.
pub fn next(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT MIN(due_at) FROM scheduled WHERE due_at IS NOT NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Sends one and removes it.
pub fn publish(writing: &mut Writing<'_>, tenant: TenantId, prepared: Prepared) -> Result<Accepted> {
    forget(writing, tenant, prepared.id())?;
    accept::accept(writing, tenant, prepared)
}

/// Removes one.
pub fn forget(writing: &mut Writing<'_>, tenant: TenantId, id: Uuid) -> Result<()> {
    let mut statement = writing.connection.prepare_cached("DELETE FROM scheduled WHERE tenant = ?1 AND id = ?2")?;
    match statement.execute(params![tenant.0, id.as_bytes()])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}
