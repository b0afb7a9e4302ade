//! Tenants, their settings and secrets.

use campanile_domain::{Error, FormerSecret, StoreEvent, Tenant, TenantId, TenantSettings, model::names};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{self, from_micros, to_micros},
    error::Result,
    write_transaction::WriteTransaction,
};

const COLUMNS: &str = "id, name, settings, portal_secret, mail_secret, former_portal_secret, former_portal_until";

/// Adds a tenant.
pub fn create(
    writing: &mut WriteTransaction<'_>,
    name: &str,
    settings: TenantSettings,
    portal_secret: &str,
    mail_secret: &str,
) -> Result<Tenant> {
    if find(writing.connection, name)?.is_some() {
        return Err(Error::AlreadyExists.into());
    }
    let id = writing
        .connection
        .prepare_cached("INSERT INTO tenant (name, folded_name, settings, portal_secret, mail_secret) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .insert(params![name, names::comparison_form(name), serde_json::to_string(&settings)?, portal_secret, mail_secret])?;
    Ok(Tenant {
        id: TenantId(id),
        name: name.to_owned(),
        settings,
        portal_secret: portal_secret.to_owned(),
        former_portal_secret: None,
        mail_secret: mail_secret.to_owned(),
    })
}

/// Finds a tenant by name.
pub fn find(connection: &Connection, name: &str) -> Result<Option<Tenant>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM tenant WHERE folded_name = ?1"))?;
    let mut rows = statement.query([names::comparison_form(name)])?;
    rows.next()?.map(from_row).transpose()
}

/// All tenants.
pub fn all(connection: &Connection) -> Result<Vec<Tenant>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM tenant ORDER BY folded_name"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(from_row(row)?);
    }
    Ok(found)
}

/// Changes a tenant's settings.
pub fn set_settings(writing: &mut WriteTransaction<'_>, tenant: TenantId, settings: &TenantSettings) -> Result<()> {
    let mut statement = writing.connection.prepare_cached("UPDATE tenant SET settings = ?2 WHERE id = ?1")?;
    match statement.execute(params![tenant.0, serde_json::to_string(settings)?])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}

/// Replaces the portal secret and keeps the current one as the former one.
pub fn rotate_portal_secret(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    secret: &str,
    former_until: Option<DateTime<Utc>>,
) -> Result<()> {
    let sql = "UPDATE tenant SET portal_secret = ?2, former_portal_until = ?3,
                   former_portal_secret = CASE WHEN ?3 IS NULL THEN NULL ELSE portal_secret END
               WHERE id = ?1";
    let mut statement = writing.connection.prepare_cached(sql)?;
    if statement.execute(params![tenant.0, secret, former_until.map(to_micros)])? == 0 {
        return Err(Error::NotFound.into());
    }
    writing.notify(StoreEvent::CredentialsChanged { tenant, person: None });
    Ok(())
}

/// Deletes former portal secrets that are no longer valid.
pub fn delete_former_secrets(connection: &Connection, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE tenant SET former_portal_secret = NULL, former_portal_until = NULL WHERE former_portal_until <= ?1";
    connection.prepare_cached(sql)?.execute([to_micros(now)])?;
    Ok(())
}

/// The sequence of a tenant's newest notification.
pub fn head(connection: &Connection, tenant: TenantId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT last_sequence FROM tenant WHERE id = ?1")?;
    let mut rows = statement.query([tenant.0])?;
    Ok(rows.next()?.ok_or(Error::NotFound)?.get(0)?)
}

/// The sequence up to which a tenant's notifications are deleted.
pub fn purged_up_to(connection: &Connection, tenant: TenantId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT purged_up_to FROM tenant WHERE id = ?1")?;
    Ok(statement.query_row([tenant.0], |row| row.get(0))?)
}

fn from_row(row: &Row<'_>) -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId(row.get(0)?),
        name: row.get(1)?,
        settings: columns::json(row, 2)?,
        portal_secret: row.get(3)?,
        mail_secret: row.get(4)?,
        former_portal_secret: row
            .get::<_, Option<String>>(5)?
            .zip(row.get::<_, Option<i64>>(6)?)
            .map(|(secret, until)| FormerSecret { secret, valid_until: from_micros(until) }),
    })
}
