//! The tenant's notifications, whoever they were for.

use campanile_domain::{Notification, TenantId};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    fault::Result,
    values::{NOTIFICATION, notification},
};

/// The notifications before a sequence, the newest first.
pub fn page(connection: &Connection, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Vec<Notification>> {
    let sql = format!("SELECT {NOTIFICATION} FROM notification WHERE tenant = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![tenant.0, before, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(notification(row)?);
    }
    Ok(found)
}

/// The notification of an id.
pub fn by_id(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<Notification>> {
    let sql = format!("SELECT {NOTIFICATION} FROM notification WHERE tenant = ?1 AND id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    rows.next()?.map(notification).transpose()
}

/// The notification of a sequence.
pub fn by_sequence(connection: &Connection, tenant: TenantId, sequence: u64) -> Result<Option<Notification>> {
    let sql = format!("SELECT {NOTIFICATION} FROM notification WHERE tenant = ?1 AND sequence = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, sequence])?;
    rows.next()?.map(notification).transpose()
}
