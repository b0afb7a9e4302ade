//! The rows of components.

use campanile_domain::TenantId;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;

/// The id of a component, if it has a row.
pub fn find(connection: &Connection, tenant: TenantId, name: &str) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM component WHERE tenant = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![tenant.0, name], |row| row.get(0)).optional()?)
}
