//! Webhooks: endpoints that receive every notification of a tenant.

use campanile_domain::{
    Error, TenantId,
    model::{
        idempotency::{Accepted, IdempotencyKey},
        webhook::WebhookEndpoint,
    },
};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::{
    columns::{from_micros, to_micros, uuid},
    error::Result,
    idempotency,
    write_transaction::WriteTransaction,
};

/// The columns that [`read`] reads.
pub const COLUMNS: &str = "w.id, w.format, w.url, w.queue, w.headers, w.secret, w.extra, w.created_at, w.on_created, w.disabled_reason";

/// Adds a webhook, unless its idempotency key was used already.
pub fn create(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    hook: &WebhookEndpoint,
    claim: Option<&IdempotencyKey>,
) -> Result<Accepted> {
    let now = from_micros(to_micros(hook.created_at));
    if let Some(claim) = claim
        && let Some(first) = idempotency::accepted_before(writing.connection, tenant, claim, now)?
    {
        return Ok(first);
    }
    let sql = "INSERT INTO webhook (id, tenant, format, url, queue, headers, secret, extra, created_at, on_created, disabled_reason)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    writing.connection.prepare_cached(sql)?.execute(params![
        hook.id.as_bytes(),
        tenant.0,
        hook.format,
        hook.url,
        hook.queue,
        serde_json::to_string(&hook.headers)?,
        hook.secret,
        hook.extra.to_string(),
        to_micros(hook.created_at),
        hook.hears_creates,
        hook.disabled,
    ])?;
    let accepted = Accepted { id: hook.id, sequence: 0, accepted_at: now, repeated: false, has_deliveries: false };
    if let Some(claim) = claim {
        idempotency::record_response(writing.connection, tenant, claim, now, &accepted)?;
    }
    Ok(accepted)
}

/// The webhooks of a tenant, the oldest first.
pub fn list(connection: &Connection, tenant: TenantId) -> Result<Vec<WebhookEndpoint>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM webhook w WHERE w.tenant = ?1 ORDER BY w.row"))?;
    let mut rows = statement.query([tenant.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row, 0)?);
    }
    Ok(found)
}

/// Removes a webhook and rejects its pending deliveries.
pub fn remove(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid) -> Result<()> {
    let sql = "UPDATE delivery SET state = 2
               WHERE state = 0 AND webhook = (SELECT row FROM webhook WHERE tenant = ?1 AND id = ?2) AND tenant = ?1";
    writing.connection.prepare_cached(sql)?.execute(params![tenant.0, id.as_bytes()])?;
    let mut statement = writing.connection.prepare_cached("DELETE FROM webhook WHERE tenant = ?1 AND id = ?2")?;
    match statement.execute(params![tenant.0, id.as_bytes()])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}

/// Reads a webhook from its columns.
pub fn read(row: &Row<'_>, first: usize) -> Result<WebhookEndpoint> {
    let text = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(first + column)?.as_str()?.to_owned());
    Ok(WebhookEndpoint {
        id: uuid(row, first)?,
        format: text(1)?,
        url: text(2)?,
        queue: text(3)?,
        headers: serde_json::from_str(&text(4)?)?,
        secret: row.get(first + 5)?,
        extra: serde_json::from_str(&text(6)?)?,
        created_at: from_micros(row.get(first + 7)?),
        hears_creates: row.get(first + 8)?,
        disabled: row.get(first + 9)?,
    })
}
