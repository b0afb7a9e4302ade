//! Tenants.

use campanile_domain::{Error, Tenant, TenantId, TenantSettings};
use rusqlite::{Connection, Row, params};

use super::{fault::Result, writer::Writing};

const COLUMNS: &str = "id, name, settings, portal_secret";

/// Adds a tenant.
pub fn create(writing: &mut Writing<'_>, name: &str, settings: TenantSettings, portal_secret: &str) -> Result<Tenant> {
    if find(writing.connection, name)?.is_some() {
        return Err(Error::Exists.into());
    }
    let id = writing
        .connection
        .prepare_cached("INSERT INTO tenant (name, folded, settings, portal_secret) VALUES (?1, ?2, ?3, ?4)")?
        .insert(params![name, name.to_lowercase(), serde_json::to_string(&settings)?, portal_secret])?;
    Ok(Tenant { id: TenantId(id), name: name.to_owned(), settings, portal_secret: portal_secret.to_owned() })
}

/// The tenant of a name.
pub fn find(connection: &Connection, name: &str) -> Result<Option<Tenant>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM tenant WHERE folded = ?1"))?;
    let mut rows = statement.query([name.to_lowercase()])?;
    rows.next()?.map(tenant).transpose()
}

/// All tenants.
pub fn all(connection: &Connection) -> Result<Vec<Tenant>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM tenant ORDER BY folded"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(tenant(row)?);
    }
    Ok(found)
}

/// Changes a tenant's settings.
pub fn set_settings(writing: &mut Writing<'_>, tenant: TenantId, settings: &TenantSettings) -> Result<()> {
    let mut statement = writing.connection.prepare_cached("UPDATE tenant SET settings = ?2 WHERE id = ?1")?;
    match statement.execute(params![tenant.0, serde_json::to_string(settings)?])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}

/// The sequence of a tenant's newest notification.
pub fn head(connection: &Connection, tenant: TenantId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM tenant WHERE id = ?1")?;
    let mut rows = statement.query([tenant.0])?;
    Ok(rows.next()?.ok_or(Error::NotFound)?.get(0)?)
}

/// Up to which sequence a tenant's notifications were purged.
pub fn purged_up_to(connection: &Connection, tenant: TenantId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT purged_up_to FROM tenant WHERE id = ?1")?;
    Ok(statement.query_row([tenant.0], |row| row.get(0))?)
}

fn tenant(row: &Row<'_>) -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId(row.get(0)?),
        name: row.get(1)?,
        settings: serde_json::from_str(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
        portal_secret: row.get(3)?,
    })
}
