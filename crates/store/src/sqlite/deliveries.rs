//! Deliveries: planned with their notification, found when they are due, recorded and reported.

use std::collections::HashSet;

use campanile_domain::{
    PersonId, TenantId, TenantSettings,
    model::{
        delivery::{self, AfterAttempt, AttemptRecord, DeliveryRecipient, DueDelivery, FirstAttempts, NewDelivery, SkipReason},
        listing::Listing,
        names,
        queue_capacity::QueueCapacity,
        routing::MailRecipients,
    },
};
use campanile_shared::{
    Channel, Severity,
    delivery::{Attempt, Delivery, DeliveryCounts, DeliveryState},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{
    audience::AudienceWhenSent,
    columns::{from_micros, to_micros, uuid},
    error::Result,
    inbox::Inbox,
    pagination::paginate,
    people,
    query_timeout::Deadline,
    webhooks,
    write_thread::WriteTransaction,
};

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

fn insert(
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
            insert(connection, tenant, sequence, Some(person), None, &delivery, None)
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

/// Severities as a bit set, the form of `person.mail_severities`.
pub fn severity_bits(severities: &[Severity]) -> u8 {
    severities.iter().fold(0, |bits, severity| bits | 1 << *severity as u8)
}

/// The next queue in alphabetical order that has pending deliveries, and its channel.
fn next_queue(connection: &Connection, after: &str) -> Result<Option<(String, u8)>> {
    // One step in the index, however many deliveries wait in a queue.
    let sql = "SELECT queue, channel FROM delivery WHERE state = 0 AND queue > ?1 ORDER BY queue, due_at LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([after], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// When the next delivery is due that is not leased.
pub fn next_due(connection: &Connection, held: &HashSet<i64>) -> Result<Option<i64>> {
    let (mut first, mut after) = (None, String::new());
    let mut statement = connection.prepare_cached("SELECT row, due_at FROM delivery WHERE state = 0 AND queue = ?1 ORDER BY due_at")?;
    while let Some((lane, _)) = next_queue(connection, &after)? {
        let mut rows = statement.query([&lane])?;
        while let Some(row) = rows.next()? {
            if !held.contains(&row.get(0)?) {
                let due_at = row.get(1)?;
                first = Some(first.map_or(due_at, |first: i64| first.min(due_at)));
                break;
            }
        }
        after = lane;
    }
    Ok(first)
}

/// Finds deliveries that are due and not leased, a few of each queue in turn, each with its row.
pub fn find_due(
    connection: &Connection,
    now: DateTime<Utc>,
    held: &HashSet<i64>,
    room: &QueueCapacity,
    limit: u32,
) -> Result<Vec<(i64, DueDelivery)>> {
    let mut rows: Vec<i64> = Vec::new();
    let (mut after, mut wrapped) = (room.last_queue.clone(), room.last_queue.is_empty());
    while (rows.len() as u32) < limit {
        let Some((lane, channel)) = next_queue(connection, &after)? else {
            if wrapped {
                break;
            }
            (after, wrapped) = (String::new(), true);
            continue;
        };
        if wrapped && !room.last_queue.is_empty() && lane > room.last_queue {
            break;
        }
        let width = room.concurrency.iter().find(|(name, _)| *name as u8 == channel).map_or(1, |(_, width)| *width);
        let most = room.free.iter().find(|(known, _)| *known == lane).map_or(width, |(_, room)| *room).min(limit - rows.len() as u32);
        if most > 0 {
            let sql = "SELECT row FROM delivery WHERE state = 0 AND queue = ?1 AND due_at <= ?2 ORDER BY due_at";
            let mut statement = connection.prepare_cached(sql)?;
            // Each row is one step in the index, and a process never leases so many that skipping them takes
            // long.
            let found = statement.query_map(params![lane, to_micros(now)], |row| row.get(0))?;
            let free = found.filter(|row| row.as_ref().map_or(true, |row| !held.contains(row)));
            rows.extend(free.take(most as usize).collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        after = lane;
    }
    let sql = format!(
        "SELECT d.id, d.tenant, t.name, d.sequence, d.channel, d.target, d.queue, d.request, d.attempt_count,
             d.person, p.name, p.languages, t.settings, p.unsubscribed,
             (SELECT response FROM disabled_url WHERE tenant = d.tenant AND url = d.target AND d.webhook IS NULL),
             p.preferences ->> '$.language', w.row, {}
         FROM delivery d JOIN tenant t ON t.id = d.tenant LEFT JOIN person p ON p.id = d.person LEFT JOIN webhook w ON w.row = d.webhook
         WHERE d.row = ?1",
        webhooks::COLUMNS
    );
    let mut look = connection.prepare_cached(&sql)?;
    let look = |row| {
        let mut found = look.query([row])?;
        Ok((row, due_from_row(found.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?)?))
    };
    rows.into_iter().map(look).collect()
}

fn due_from_row(row: &Row<'_>) -> Result<DueDelivery> {
    let text = |column: usize| row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
    let person: Option<i64> = row.get(9)?;
    let reader = match (person, text(10)?) {
        (Some(person), Some(name)) => {
            let settings: TenantSettings = serde_json::from_str(text(12)?.unwrap_or("{}"))?;
            let languages = people::reading_languages(row, (15, 11), settings.language)?;
            Some(DeliveryRecipient { id: PersonId(person), name: name.to_owned(), languages })
        }
        _ => None,
    };
    let hook = row.get::<_, Option<i64>>(16)?.map(|_| webhooks::read(row, 17)).transpose()?;
    let gone = text(14)?.map(str::to_owned).or_else(|| hook.as_ref()?.disabled.clone());
    let void = match row.get::<_, Option<bool>>(13)? {
        None if person.is_some() => Some(SkipReason::RecipientRemoved),
        Some(true) => Some(SkipReason::Unsubscribed),
        _ => gone.map(SkipReason::Gone),
    };
    Ok(DueDelivery {
        id: uuid(row, 0)?,
        tenant: TenantId(row.get(1)?),
        tenant_name: row.get(2)?,
        sequence: row.get(3)?,
        recipient: reader,
        skip_reason: void,
        channel: channel_from_column(row.get(4)?),
        target: row.get(5)?,
        queue: row.get(6)?,
        request: text(7)?.map(serde_json::from_str).transpose()?,
        webhook: hook,
        attempts: row.get(8)?,
    })
}

fn channel_from_column(stored: u8) -> Channel {
    Channel::ALL.into_iter().find(|channel| *channel as u8 == stored).unwrap_or_default()
}

/// Records the outcomes of attempts. The row is given where it is known.
pub fn record(writing: &mut WriteTransaction<'_>, outcomes: &[(Option<i64>, AttemptRecord)]) -> Result<()> {
    let connection = writing.connection;
    // A delivered request may hold secrets and is removed. The log is a JSON array that is appended to without
    // parsing it.
    let sql = "UPDATE delivery SET state = ?2, due_at = coalesce(?3, due_at), attempt_count = attempt_count + 1,
                   request = CASE WHEN ?2 = 1 THEN NULL ELSE request END,
                   attempt_log = CASE attempt_log WHEN '[]' THEN '[' ELSE substr(attempt_log, 1, length(attempt_log) - 1) || ',' END
                       || ?4 || ']'
               WHERE row = ?1 AND state = 0";
    let mut keep = connection.prepare_cached(sql)?;
    let mut look_up = connection.prepare_cached("SELECT row FROM delivery WHERE id = ?1")?;
    // Usually no URL is disabled, and this saves a look-up for each delivery.
    let any_gone = connection.prepare_cached("SELECT 1 FROM disabled_url LIMIT 1")?.exists([])?;
    for (row, outcome) in outcomes {
        let found = row.map_or_else(|| look_up.query_row([outcome.id.as_bytes()], |row| row.get(0)).optional(), |row| Ok(Some(row)));
        let Some(row) = found? else { continue };
        let (state, due_at) = match outcome.next_step {
            AfterAttempt::RetryAt(at) => (DeliveryState::Pending, Some(to_micros(at))),
            AfterAttempt::Delivered => (DeliveryState::Delivered, None),
            AfterAttempt::Rejected | AfterAttempt::Gone => (DeliveryState::Rejected, None),
            AfterAttempt::GivenUp => (DeliveryState::GivenUp, None),
        };
        let attempt = Attempt { at: from_micros(to_micros(outcome.at)), millis: outcome.duration_ms, answer: outcome.detail.clone() };
        if keep.execute(params![row, state as u8, due_at, serde_json::to_string(&attempt)?])? == 0 {
            continue;
        }
        match outcome.next_step {
            AfterAttempt::Gone => disable_target(connection, row, outcome)?,
            // A URL that accepts a request works again.
            AfterAttempt::Delivered if any_gone => enable_target(connection, row)?,
            _ => {}
        }
    }
    Ok(())
}

/// Disables the webhook of a delivery or, where the sender gave a URL, the URL.
fn disable_target(connection: &Connection, row: i64, outcome: &AttemptRecord) -> Result<()> {
    let sql = "UPDATE webhook SET disabled_reason = ?2 WHERE row = (SELECT webhook FROM delivery WHERE row = ?1)";
    connection.prepare_cached(sql)?.execute(params![row, outcome.detail])?;
    let sql = "INSERT OR REPLACE INTO disabled_url (tenant, url, response, disabled_at)
               SELECT tenant, target, ?2, ?3 FROM delivery WHERE row = ?1 AND webhook IS NULL";
    connection.prepare_cached(sql)?.execute(params![row, outcome.detail, to_micros(outcome.at)])?;
    Ok(())
}

/// Enables the URL of a delivery again, if it was disabled.
fn enable_target(connection: &Connection, row: i64) -> Result<()> {
    let sql = "DELETE FROM disabled_url WHERE (tenant, url) =
                   (SELECT tenant, target FROM delivery WHERE row = ?1 AND webhook IS NULL AND channel = ?2)";
    connection.prepare_cached(sql)?.execute(params![row, Channel::Http as u8])?;
    Ok(())
}

/// The state of a delivery as it is shown. A pending delivery to a disabled webhook or URL is shown as
/// rejected: it will be rejected when its turn comes.
const EFFECTIVE_STATE: &str = "CASE WHEN d.state = 0 AND (
        EXISTS (SELECT 1 FROM webhook WHERE row = d.webhook AND disabled_reason IS NOT NULL)
        OR d.webhook IS NULL AND EXISTS (SELECT 1 FROM disabled_url WHERE tenant = d.tenant AND url = d.target)
    ) THEN 2 ELSE d.state END";

/// A page of a notification's deliveries, the earliest first.
pub fn page(connection: &Connection, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<Delivery, u64>> {
    let sql = format!(
        "SELECT d.row, d.id, d.channel, d.target, p.login, {EFFECTIVE_STATE}, d.due_at, d.attempt_log
         FROM delivery d LEFT JOIN person p ON p.id = d.person
         WHERE d.tenant = ?1 AND d.sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2) AND d.row > ?3
         ORDER BY d.row LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![tenant.0, id.as_bytes(), after.unwrap_or_default(), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let state = state_from_column(row.get(5)?);
        let delivery = Delivery {
            id: uuid(row, 1)?,
            channel: channel_from_column(row.get(2)?),
            target: delivery::mask_url(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?),
            person: row.get(4)?,
            state,
            due_at: Some(from_micros(row.get(6)?)).filter(|_| state == DeliveryState::Pending),
            attempts: serde_json::from_str(row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?)?,
        };
        Ok((row.get(0)?, delivery))
    })
}

fn state_from_column(stored: u8) -> DeliveryState {
    DeliveryState::ALL.into_iter().find(|state| *state as u8 == stored).unwrap_or(DeliveryState::Pending)
}

/// Counts a notification's deliveries by state, until the deadline.
pub fn counts(connection: &Connection, tenant: TenantId, id: Uuid, deadline: Deadline) -> Result<DeliveryCounts> {
    let sql = format!(
        "SELECT {EFFECTIVE_STATE} FROM delivery d
         WHERE d.tenant = ?1 AND d.sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let mut counts = DeliveryCounts::default();
    while let Some(row) = rows.next()? {
        *match state_from_column(row.get(0)?) {
            DeliveryState::Pending => &mut counts.pending,
            DeliveryState::Delivered => &mut counts.delivered,
            DeliveryState::Rejected => &mut counts.rejected,
            DeliveryState::GivenUp => &mut counts.given_up,
        } += 1;
        if deadline.is_past() {
            counts.incomplete = rows.next()?.is_some();
            break;
        }
    }
    Ok(counts)
}

/// The results of the first attempts for a notification. Webhooks are not counted: they are not the sender's
/// concern.
pub fn first_attempts(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<FirstAttempts> {
    let sql = "SELECT EXISTS (SELECT 1 FROM mailing WHERE row = n.row)
                   OR EXISTS (SELECT 1 FROM delivery WHERE tenant = n.tenant AND sequence = n.sequence AND webhook IS NULL
                       AND state = 0 AND attempt_log = '[]'),
               EXISTS (SELECT 1 FROM delivery WHERE tenant = n.tenant AND sequence = n.sequence AND webhook IS NULL
                   AND (state != 1 OR json_array_length(attempt_log) > 1))
               FROM notification n WHERE n.tenant = ?1 AND n.id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(match found {
        Some((true, _)) => FirstAttempts::Pending,
        Some((false, true)) => FirstAttempts::SomeFailed,
        Some((false, false)) | None => FirstAttempts::AllDelivered,
    })
}

/// Makes rejected deliveries and those that were given up due again.
pub fn redeliver(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32> {
    let connection = writing.connection;
    // A request for another attempt also enables the URL.
    let sql = "DELETE FROM disabled_url WHERE tenant = ?1 AND url IN
                   (SELECT target FROM delivery WHERE tenant = ?1 AND state = 2 AND webhook IS NULL
                        AND sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2))";
    connection.prepare_cached(sql)?.execute(params![tenant.0, id.as_bytes()])?;
    let sql = "UPDATE delivery SET state = 0, due_at = ?3, attempt_count = 0
               WHERE tenant = ?1 AND sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2) AND state IN (2, 3)
                   AND (webhook IS NULL OR webhook IN (SELECT row FROM webhook WHERE disabled_reason IS NULL))";
    Ok(connection.prepare_cached(sql)?.execute(params![tenant.0, id.as_bytes(), to_micros(now)])? as u32)
}

/// Deletes deliveries of a deleted notification, up to the limit; returns how many. Fewer than the limit means
/// that none is left.
pub fn delete_some(connection: &Connection, tenant: TenantId, sequence: u64, limit: u32) -> Result<u32> {
    let sql = "DELETE FROM delivery WHERE row IN (SELECT row FROM delivery WHERE tenant = ?1 AND sequence = ?2 LIMIT ?3)";
    Ok(connection.prepare_cached(sql)?.execute(params![tenant.0, sequence, limit])? as u32)
}
