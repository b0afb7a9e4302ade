//! The queues of pending deliveries: which are due, and when the next one is.

use std::collections::HashSet;

use campanile_domain::{
    PersonId, TenantId, TenantSettings,
    model::{
        delivery::{DeliveryRecipient, DueDelivery, SkipReason},
        queue_capacity::QueueCapacity,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    columns::{self, to_micros, uuid},
    error::Result,
    person_columns, webhooks,
};

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
            let languages = person_columns::reading_languages(row, (15, 11), settings.language)?;
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
        channel: columns::channel_from_column(row.get(4)?),
        target: row.get(5)?,
        queue: row.get(6)?,
        request: text(7)?.map(serde_json::from_str).transpose()?,
        webhook: hook,
        attempts: row.get(8)?,
    })
}
