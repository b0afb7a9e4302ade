//! Clicks on buttons, one row for each person and button, as they are shown.

use campanile_domain::{PersonId, TenantId, model::listing::Listing};
use campanile_shared::sent::ButtonClick;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::super::{columns::from_micros, error::Result, pagination::paginate};

/// The buttons of a notification that a person clicked, each with the time.
pub fn clicked_by(connection: &Connection, tenant: TenantId, person: PersonId, sequence: u64) -> Result<Vec<(u32, DateTime<Utc>)>> {
    let sql = "SELECT button, clicked_at FROM button_click WHERE tenant = ?1 AND sequence = ?2 AND person = ?3 ORDER BY button";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, sequence, person.0], |row| Ok((row.get(0)?, from_micros(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of all people's clicks on a notification's buttons, the earliest first.
pub fn clicks(connection: &Connection, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<ButtonClick, u64>> {
    let sql = "SELECT b.row, b.button, b.label, b.data, p.login, p.name, b.clicked_at
               FROM button_click b JOIN person p ON p.id = b.person
               WHERE b.tenant = ?1 AND b.sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2) AND b.row > ?3
               ORDER BY b.row LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query(params![tenant.0, id.as_bytes(), after.unwrap_or_default(), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let press = ButtonClick {
            button: row.get(1)?,
            label: row.get(2)?,
            data: row.get(3)?,
            person: row.get(4)?,
            name: row.get(5)?,
            pressed_at: from_micros(row.get(6)?),
        };
        Ok((row.get(0)?, press))
    })
}

/// Deletes the clicks of a deleted notification.
pub fn forget(connection: &Connection, tenant: TenantId, sequence: u64) -> Result<()> {
    connection.prepare_cached("DELETE FROM button_click WHERE tenant = ?1 AND sequence = ?2")?.execute(params![tenant.0, sequence])?;
    Ok(())
}
