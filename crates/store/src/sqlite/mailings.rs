//! Mailings: one row for a notification, expanded into the deliveries of its recipients step by step.

use campanile_domain::{
    PersonId, TenantId,
    model::{
        delivery::{self, NewDelivery},
        names,
    },
};
use campanile_shared::Channel;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    audience_when_sent::AudienceWhenSent, columns::uuid, deliveries, error::Result, inbox::Inbox, write_transaction::WriteTransaction,
};

/// Whether a mailing waits to be expanded.
pub fn has_mailings(connection: &Connection) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM mailing LIMIT 1")?.exists([])?)
}

/// Expands a further part of the oldest mailing into deliveries. Returns how many people it looked at, at least
/// 1 while there is a mailing.
pub fn expand_mailing(writing: &mut WriteTransaction<'_>, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32> {
    let connection = writing.connection;
    let sql = "SELECT m.row, m.tenant, m.sequence, m.everyone, m.expanded_up_to, n.keys, n.id, n.severity
               FROM mailing m LEFT JOIN notification n ON n.row = m.row ORDER BY m.row LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(0) };
    let mailing: i64 = row.get(0)?;
    let (tenant, sequence, everyone, after) = (TenantId(row.get(1)?), row.get(2)?, row.get::<_, bool>(3)?, row.get::<_, i64>(4)?);
    // Absent when the notification was purged before it was expanded.
    let keys: Option<String> = row.get(5)?;
    let (mut looked_at, mut last) = (0, after);
    if let Some(keys) = keys {
        let (id, severity) = (uuid(row, 6)?, row.get::<_, u8>(7)?);
        let reached = AudienceWhenSent::load(connection, sequence, &keys)?;
        let write = |person: i64, address: &str, ended: bool| {
            let mut named = names::comparison_form(address);
            if ended {
                // The delivery will be skipped. Its id differs, so that it does not replace the delivery of
                // another person with the same address.
                named = format!("{person} {named}");
            }
            let delivery = NewDelivery {
                id: delivery::delivery_id(id, Channel::Email, &named),
                channel: Channel::Email,
                target: address.to_owned(),
                queue: lane.to_owned(),
                request: None,
                due_at: now,
            };
            deliveries::insert(connection, tenant, sequence, Some(person), None, &delivery, None)
        };
        if everyone {
            let mut mail_settings = connection.prepare_cached("SELECT unsubscribed, disabled_at IS NOT NULL FROM person WHERE id = ?1")?;
            for (person, recipient) in reached.people(connection, tenant, after, limit, None)? {
                (looked_at, last) = (looked_at + 1, person.0);
                let Some(address) = recipient.email else { continue };
                let (ended, disabled) = mail_settings.query_row([person.0], |row| Ok((row.get(0)?, row.get::<_, bool>(1)?)))?;
                if !disabled {
                    write(person.0, &address, ended)?;
                }
            }
        } else {
            for (person, address) in subscribers(connection, tenant, severity, after, limit)? {
                (looked_at, last) = (looked_at + 1, person);
                if Inbox::load(connection, tenant, PersonId(person))?.holds(&reached.keys, sequence) {
                    write(person, &address, false)?;
                }
            }
        }
    }
    if looked_at < limit {
        connection.prepare_cached("DELETE FROM mailing WHERE row = ?1")?.execute([mailing])?;
    } else {
        connection.prepare_cached("UPDATE mailing SET expanded_up_to = ?2 WHERE row = ?1")?.execute(params![mailing, last])?;
    }
    Ok(looked_at.max(1))
}

/// The people who want mail of a severity and have an address.
fn subscribers(connection: &Connection, tenant: TenantId, severity: u8, after: i64, limit: u32) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT id, email FROM person
               WHERE tenant = ?1 AND id > ?2 AND mail_severities != 0 AND mail_severities & ?3 != 0
                   AND email IS NOT NULL AND disabled_at IS NULL
               ORDER BY id LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, after, 1 << severity, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
