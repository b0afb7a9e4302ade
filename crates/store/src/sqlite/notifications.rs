//! Stores a notification once and files it under its keys.

use campanile_domain::{
    Error, NewNotification, StoreEvent, TenantId,
    model::idempotency::{Accepted, IdempotencyKey},
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    audience_when_sent::AudienceWhenSent,
    columns::{from_micros, severity, to_micros, uuid},
    deliveries::{self, NewDeliveries},
    error::Result,
    idempotency,
    inbox::change,
    write_transaction::WriteTransaction,
};

/// A notification that is ready to be written. Everything that needs no database is done outside the write
/// thread.
pub struct PreparedNotification {
    new: NewNotification,
    audience: String,
    message: String,
    claim: Option<IdempotencyKey>,
}

impl PreparedNotification {
    pub fn new(mut new: NewNotification, claim: Option<IdempotencyKey>) -> Result<Self> {
        // The response must have the same precision as what is read later.
        new.accepted_at = from_micros(to_micros(new.accepted_at));
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
pub fn accept(writing: &mut WriteTransaction<'_>, tenant: TenantId, prepared: PreparedNotification) -> Result<Accepted> {
    let connection = writing.connection;
    let PreparedNotification { new, audience, message, claim } = prepared;
    if let Some(claim) = &claim
        && let Some(first) = idempotency::accepted_before(connection, tenant, claim, new.accepted_at)?
    {
        return Ok(first);
    }
    if let Some(fingerprint) = &new.fingerprint
        && let Some(first) = find_by_fingerprint(connection, tenant, fingerprint)?
    {
        if let Some(claim) = &claim {
            idempotency::record_response(connection, tenant, claim, new.accepted_at, &first)?;
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
        Some(name) => writing.key_cache.component(connection, tenant, name)?,
        None => 0,
    };
    let grade = severity(new.message.severity);
    let ids = new.keys.iter().map(|key| writing.key_cache.key(connection, tenant, key)).collect::<Result<Vec<_>>>()?;
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
            to_micros(new.accepted_at),
            new.message.expires_at.map(to_micros),
            grade,
            component,
            json_ids(&ids),
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
    let planned = NewDeliveries { id: new.id, accepted_at: new.accepted_at, inbox: new.inbox, mail: new.mail, deliveries: &new.deliveries };
    let outgoing = deliveries::plan(connection, tenant, row, sequence, &planned)?;
    let accepted = Accepted { id: new.id, sequence, accepted_at: new.accepted_at, repeated: false, has_deliveries: outgoing };
    if let Some(claim) = &claim {
        idempotency::record_response(connection, tenant, claim, new.accepted_at, &accepted)?;
    }
    if !new.inbox {
        return Ok(accepted);
    }
    if new.pre_dismissed {
        // No one is notified of the arrival; each person is notified of the change of their own inbox.
        writing.index_later();
        let reached = AudienceWhenSent::load(connection, sequence, &json_ids(&ids))?;
        for person in reached.all_people(connection, tenant)? {
            change::dismiss_on_arrival(writing, tenant, person, sequence, new.accepted_at)?;
        }
        return Ok(accepted);
    }
    writing.index_later();
    writing.notify(StoreEvent::Arrived { tenant, sequence });
    Ok(accepted)
}

/// A JSON array of ids.
fn json_ids(ids: &[i64]) -> String {
    format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

/// The notification with the same fingerprint.
fn find_by_fingerprint(connection: &Connection, tenant: TenantId, fingerprint: &[u8; 32]) -> Result<Option<Accepted>> {
    let sql = "SELECT id, sequence, accepted_at FROM notification WHERE tenant = ?1 AND fingerprint = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, fingerprint])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Accepted {
        id: uuid(row, 0)?,
        sequence: row.get(1)?,
        accepted_at: from_micros(row.get(2)?),
        repeated: true,
        has_deliveries: false,
    }))
}
