//! Plans the deliveries of a notification when it is stored, and deletes them with it.

use campanile_domain::{
    TenantId,
    model::{
        delivery::{self, NewDelivery},
        routing::MailRecipients,
    },
};
use campanile_shared::Channel;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{columns::to_micros, error::Result};

/// Writes the deliveries of a notification. A mailing is one row, however many people it reaches. Returns
/// whether there is anything to deliver.
pub fn plan(connection: &Connection, tenant: TenantId, row: i64, sequence: u64, new: &NewDeliveries<'_>) -> Result<bool> {
    let mut outgoing = !new.deliveries.is_empty();
    for delivery in new.deliveries {
        let post = delivery.request.as_ref().map(serde_json::to_string).transpose()?;
        insert(connection, tenant, sequence, None, None, delivery, post.as_deref())?;
    }
    let everyone = new.mail == MailRecipients::Everyone;
    if everyone || (new.mail == MailRecipients::Subscribers && has_mail_subscribers(connection, tenant)?) {
        let sql = "INSERT INTO mailing (row, tenant, sequence, everyone) VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![row, tenant.0, sequence, everyone])?;
        outgoing = true;
    }
    if !new.inbox {
        return Ok(outgoing);
    }
    let mut statement =
        connection.prepare_cached("SELECT row, url, queue FROM webhook WHERE tenant = ?1 AND disabled_reason IS NULL AND on_created")?;
    let mut hooks = statement.query([tenant.0])?;
    while let Some(hook) = hooks.next()? {
        let hook_row: i64 = hook.get(0)?;
        let target: String = hook.get(1)?;
        let id = delivery::delivery_id(new.id, Channel::Http, &format!("{hook_row} {target}"));
        let delivery = NewDelivery { id, channel: Channel::Http, target, queue: hook.get(2)?, request: None, due_at: new.accepted_at };
        insert(connection, tenant, sequence, None, Some(hook_row), &delivery, None)?;
        outgoing = true;
    }
    Ok(outgoing)
}

/// The deliveries of a new notification.
pub struct NewDeliveries<'a> {
    pub id: Uuid,
    pub accepted_at: DateTime<Utc>,
    pub inbox: bool,
    pub mail: MailRecipients,
    pub deliveries: &'a [NewDelivery],
}

fn has_mail_subscribers(connection: &Connection, tenant: TenantId) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM person WHERE tenant = ?1 AND mail_severities != 0 LIMIT 1")?.exists([tenant.0])?)
}

pub fn insert(
    connection: &Connection,
    tenant: TenantId,
    sequence: u64,
    person: Option<i64>,
    hook: Option<i64>,
    new: &NewDelivery,
    post: Option<&str>,
) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO delivery (id, tenant, sequence, person, webhook, channel, target, queue, request, due_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.prepare_cached(sql)?.execute(params![
        new.id.as_bytes(),
        tenant.0,
        sequence,
        person,
        hook,
        new.channel as u8,
        new.target,
        new.queue,
        post,
        to_micros(new.due_at),
    ])?;
    Ok(())
}

/// Deletes deliveries of a deleted notification, up to the limit; returns how many. Fewer than the limit means
/// that none is left.
pub fn delete_some(connection: &Connection, tenant: TenantId, sequence: u64, limit: u32) -> Result<u32> {
    let sql = "DELETE FROM delivery WHERE row IN (SELECT row FROM delivery WHERE tenant = ?1 AND sequence = ?2 LIMIT ?3)";
    Ok(connection.prepare_cached(sql)?.execute(params![tenant.0, sequence, limit])? as u32)
}
