//! Stores a notification once and files it under its keys.

use std::sync::Arc;

use campanile_domain::{
    AudienceKey, Committed, Error, NewNotification, Notification, TenantId,
    notification::Revised,
    store::{Accepted, Claim, First},
};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    audience::Reached,
    deliveries::{self, Planned},
    fault::Result,
    inbox::change,
    values::{instant, micros, severity, uuid},
    writer::Writing,
};

/// How long a response is kept under its idempotency key (24 hours).
pub const MEMORY: TimeDelta = TimeDelta::hours(24);

/// A notification that is ready to be written. Everything that needs no database is done outside the write
/// thread.
pub struct Prepared {
    new: NewNotification,
    audience: String,
    message: String,
    claim: Option<Claim>,
}

impl Prepared {
    pub fn new(mut new: NewNotification, claim: Option<Claim>) -> Result<Self> {
        // The response must have the same precision as what is read later.
        new.accepted_at = instant(micros(new.accepted_at));
        let audience = serde_json::to_string(&new.to)?;
        let message = serde_json::to_string(&new.message)?;
        Ok(Self { new, audience, message, claim })
    }

    /// The notification's id.
    pub fn id(&self) -> Uuid {
        self.new.id
    }
}

/// Stores the notification, unless its idempotency key or fingerprint is stored already.
pub fn accept(writing: &mut Writing<'_>, tenant: TenantId, prepared: Prepared) -> Result<Accepted> {
    let connection = writing.connection;
    let Prepared { new, audience, message, claim } = prepared;
    if let Some(claim) = &claim
        && let Some(first) = claimed(connection, tenant, claim, new.accepted_at)?
    {
        return Ok(first);
    }
    if let Some(fingerprint) = &new.fingerprint
        && let Some(first) = equal(connection, tenant, fingerprint)?
    {
        if let Some(claim) = &claim {
            keep_claim(connection, tenant, claim, new.accepted_at, &first)?;
        }
        return Ok(first);
    }
    // RETURNING would create a table in memory for each notification.
    if connection.prepare_cached("UPDATE tenant SET last_sequence = last_sequence + 1 WHERE id = ?1")?.execute([tenant.0])? == 0 {
        return Err(Error::NotFound.into());
    }
    let mut head = connection.prepare_cached("SELECT last_sequence FROM tenant WHERE id = ?1")?;
    let sequence: u64 = head.query_row([tenant.0], |row| row.get(0))?;
    let component = match &new.message.component {
        Some(name) => writing.known.component(connection, tenant, name)?,
        None => 0,
    };
    let grade = severity(new.message.severity);
    let ids = new.keys.iter().map(|key| writing.known.key(connection, tenant, key)).collect::<Result<Vec<_>>>()?;
    let row = connection
        .prepare_cached(
            "INSERT INTO notification
                 (tenant, sequence, id, accepted_at, expires_at, severity, component, keys, fingerprint, audience, message, withdrawn)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .insert(params![
            tenant.0,
            sequence,
            new.id.as_bytes(),
            micros(new.accepted_at),
            new.message.expires_at.map(micros),
            grade,
            component,
            list(&ids),
            new.fingerprint,
            audience,
            message,
            !new.inbox,
        ])?;
    let mut file =
        connection.prepare_cached("INSERT OR IGNORE INTO audience (key, sequence, severity, component) VALUES (?1, ?2, ?3, ?4)")?;
    for key in ids.iter().filter(|_| new.inbox) {
        file.execute(params![key, sequence, grade, component])?;
    }
    let planned = Planned { id: new.id, accepted_at: new.accepted_at, inbox: new.inbox, mail: new.mail, deliveries: &new.deliveries };
    let outgoing = deliveries::plan(connection, tenant, row, sequence, &planned)?;
    let accepted = Accepted { id: new.id, sequence, accepted_at: new.accepted_at, repeated: false, outgoing };
    if let Some(claim) = &claim {
        keep_claim(connection, tenant, claim, new.accepted_at, &accepted)?;
    }
    if !new.inbox {
        return Ok(accepted);
    }
    if new.put_away {
        // No one is notified of the arrival; each person is notified of the change of their own inbox.
        writing.index_later();
        let reached = Reached::load(connection, sequence, &list(&ids))?;
        for person in reached.everybody(connection, tenant)? {
            change::put_away(writing, tenant, person, sequence, new.accepted_at)?;
        }
        return Ok(accepted);
    }
    let keys: Arc<[AudienceKey]> = new.keys.into();
    let notification =
        Notification { id: new.id, sequence, accepted_at: new.accepted_at, to: new.to, message: new.message, revised: Revised::default() };
    writing.index_later();
    writing.tell(Committed::Arrived { tenant, notification: Arc::new(notification), keys });
    Ok(accepted)
}

/// A JSON array of ids.
fn list(ids: &[i64]) -> String {
    format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

/// What was accepted under an idempotency key that is still kept.
pub fn claimed(connection: &Connection, tenant: TenantId, claim: &Claim, now: DateTime<Utc>) -> Result<Option<Accepted>> {
    Ok(first(connection, tenant, claim, now)?.map(|first| first.accepted))
}

/// The recorded response to an idempotency key that is still kept.
pub fn first(connection: &Connection, tenant: TenantId, claim: &Claim, now: DateTime<Utc>) -> Result<Option<First>> {
    let sql = "SELECT id, sequence, accepted_at, body_hash, response FROM idempotency_key
               WHERE tenant = ?1 AND scope = ?2 AND key = ?3 AND created_at > ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, claim.scope, claim.key, micros(now - MEMORY)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    if row.get::<_, [u8; 32]>(3)? != claim.body {
        return Err(Error::KeyReused.into());
    }
    let accepted =
        Accepted { id: uuid(row, 0)?, sequence: row.get(1)?, accepted_at: instant(row.get(2)?), repeated: true, outgoing: false };
    Ok(Some(First { accepted, answer: row.get(4)? }))
}

pub fn keep_claim(connection: &Connection, tenant: TenantId, claim: &Claim, now: DateTime<Utc>, first: &Accepted) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency_key (tenant, scope, key, body_hash, created_at, id, sequence, accepted_at, response)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            tenant.0,
            claim.scope,
            claim.key,
            claim.body,
            micros(now),
            first.id.as_bytes(),
            first.sequence,
            micros(first.accepted_at),
            claim.answer
        ])?;
    Ok(())
}

/// The notification with the same fingerprint.
fn equal(connection: &Connection, tenant: TenantId, fingerprint: &[u8; 32]) -> Result<Option<Accepted>> {
    let sql = "SELECT id, sequence, accepted_at FROM notification WHERE tenant = ?1 AND fingerprint = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, fingerprint])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Accepted { id: uuid(row, 0)?, sequence: row.get(1)?, accepted_at: instant(row.get(2)?), repeated: true, outgoing: false }))
}
