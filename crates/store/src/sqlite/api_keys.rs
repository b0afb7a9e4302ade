//! API keys, stored as hashes only, and the senders they belong to.

use std::num::NonZeroU32;

use campanile_domain::{
    Error, KeyId, Scope, SecretHash, Sender, TenantId,
    model::{api_key::StoredApiKey, listing::Listing},
};
use campanile_shared::administration::NewApiKey;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    columns::{self, from_micros, to_micros},
    error::Result,
    pagination::paginate,
    write_transaction::WriteTransaction,
};

/// Adds an API key.
pub fn create_key(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    new: &NewApiKey,
    hash: SecretHash,
    now: DateTime<Utc>,
) -> Result<KeyId> {
    let connection = writing.connection;
    if connection.prepare_cached("SELECT 1 FROM tenant WHERE id = ?1")?.query([tenant.0])?.next()?.is_none() {
        return Err(Error::NotFound.into());
    }
    if connection
        .prepare_cached("SELECT 1 FROM api_key WHERE tenant = ?1 AND name = ?2 AND revoked_at IS NULL")?
        .exists(params![tenant.0, new.name])?
    {
        return Err(Error::AlreadyExists.into());
    }
    let id = connection
        .prepare_cached(
            "INSERT INTO api_key (tenant, name, scopes, hash, created_at, requests_per_second) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(params![tenant.0, new.name, serde_json::to_string(&new.scopes)?, hash.0, to_micros(now), new.requests_per_second])?;
    Ok(KeyId(id))
}

/// A page of a tenant's API keys, by name. Keys are never deleted, so that each is a valid cursor.
pub fn keys(connection: &Connection, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>> {
    let sql = "SELECT id, name, scopes, created_at, last_used_at, revoked_at, requests_per_second FROM api_key
               WHERE tenant = ?1 AND (?2 IS NULL OR (name, id) > (SELECT name, id FROM api_key WHERE id = ?2 AND tenant = ?1))
               ORDER BY name, id LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query(params![tenant.0, after.map(|after| after.0), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let at = |column| -> Result<_> { Ok(row.get::<_, Option<i64>>(column)?.map(from_micros)) };
        let key = StoredApiKey {
            id: KeyId(row.get(0)?),
            name: row.get(1)?,
            scopes: scopes(row, 2)?,
            created_at: from_micros(row.get(3)?),
            last_used_at: at(4)?,
            revoked_at: at(5)?,
            requests_per_second: rate_limit(row, 6)?,
        };
        Ok((key.id, key))
    })
}

/// Records when keys were last used; the latest time counts.
pub fn record_uses(writing: &mut WriteTransaction<'_>, uses: &[(KeyId, DateTime<Utc>)]) -> Result<()> {
    let sql = "UPDATE api_key SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";
    let mut statement = writing.connection.prepare_cached(sql)?;
    for (key, at) in uses {
        statement.execute(params![key.0, to_micros(*at)])?;
    }
    Ok(())
}

fn scopes(row: &Row<'_>, column: usize) -> Result<Vec<Scope>> {
    columns::json(row, column)
}

fn rate_limit(row: &Row<'_>, column: usize) -> Result<Option<NonZeroU32>> {
    Ok(row.get::<_, Option<u32>>(column)?.and_then(NonZeroU32::new))
}

/// Revokes an API key; repeating it changes nothing.
///
/// A name may be in use again after its key was revoked: then the key in use is meant.
pub fn revoke_key(writing: &mut WriteTransaction<'_>, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "SELECT id FROM api_key WHERE tenant = ?1 AND name = ?2 ORDER BY revoked_at IS NULL DESC LIMIT 1";
    let mut statement = writing.connection.prepare_cached(sql)?;
    let key: i64 = statement.query_row(params![tenant.0, name], |row| row.get(0)).optional()?.ok_or(Error::NotFound)?;
    let sql = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
    writing.connection.prepare_cached(sql)?.execute(params![key, to_micros(now)])?;
    writing.connection.prepare_cached("DELETE FROM token WHERE api_key = ?1")?.execute([key])?;
    Ok(())
}

/// The sender that an API key belongs to.
pub fn sender(connection: &Connection, hash: SecretHash) -> Result<Option<Sender>> {
    find_sender(connection, "k.hash = ?1", hash.0)
}

pub fn find_sender(connection: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Sender>> {
    let sql = format!(
        "SELECT k.tenant, t.name, k.id, k.name, k.scopes, k.requests_per_second FROM api_key k JOIN tenant t ON t.id = k.tenant
         WHERE {condition} AND k.revoked_at IS NULL"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Sender {
        tenant: TenantId(row.get(0)?),
        tenant_name: row.get(1)?,
        key: KeyId(row.get(2)?),
        name: row.get(3)?,
        scopes: scopes(row, 4)?,
        requests_per_second: rate_limit(row, 5)?,
    }))
}
