//! Counts the notifications that were sent, some time after the sending; see the domain's module of the same
//! name.
//!
//! A reader goes through the notifications, so that the writer only adds a few numbers. A step counts only if
//! it starts where the last one ended, so that none is counted twice.

use std::collections::BTreeMap;

use campanile_domain::{TenantId, volume::Of};
use campanile_shared::{
    Severity,
    volume::{BySeverity, ComponentVolume, DayVolume, SenderVolume, Volume},
};
use chrono::{Days, NaiveDate};
use rusqlite::{Connection, params};

use super::{fault::Result, keys, readers::Reader, values::severity, writer::Writing};

/// The most rows of a tenant's day, both by component and severity and by sender. Beyond that all others are
/// counted together.
const MOST_A_DAY: u32 = 1_000;
/// The component of all others.
const OTHERS: i64 = -1;
/// The most components and the most senders that a report names.
const NAMED: usize = 20;
/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// A step that is counted but not saved.
pub struct Step {
    began: i64,
    ended: i64,
    /// How many notifications it went through.
    pub notifications: u32,
    /// By day, tenant, component and severity.
    components: BTreeMap<(i64, i64, i64, u8), u64>,
    /// By day, tenant and sender.
    senders: BTreeMap<(i64, i64, String), u64>,
}

/// A day as it is stored.
fn number(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// Counts the next notifications. Days before `first` are skipped.
pub fn count(connection: &Connection, first: NaiveDate, limit: u32) -> Result<Step> {
    let mut state = connection.prepare_cached("SELECT counted_up_to FROM volume_state")?;
    let began: i64 = state.query_row([], |row| row.get(0))?;
    let mut step = Step { began, ended: began, notifications: 0, components: BTreeMap::new(), senders: BTreeMap::new() };
    let sql = "SELECT row, tenant, accepted_at, component, severity, json_extract(message, '$.source.sender')
               FROM notification WHERE row > ?1 ORDER BY row LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![began, limit])?;
    while let Some(row) = rows.next()? {
        step.ended = row.get(0)?;
        step.notifications += 1;
        let (tenant, day) = (row.get(1)?, row.get::<_, i64>(2)?.div_euclid(DAY));
        if day >= number(first) {
            *step.components.entry((day, tenant, row.get(3)?, row.get(4)?)).or_default() += 1;
            *step.senders.entry((day, tenant, row.get(5)?)).or_default() += 1;
        }
    }
    Ok(step)
}

/// Adds a step to the counts, unless it was added already, and deletes days before `first`.
pub fn keep(writing: &mut Writing<'_>, step: &Step, first: NaiveDate) -> Result<()> {
    let connection = writing.connection;
    let sql = "UPDATE volume_state SET counted_up_to = ?2 WHERE counted_up_to = ?1";
    if connection.prepare_cached(sql)?.execute([step.began, step.ended])? == 0 {
        return Ok(());
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO volume (day, tenant, component, severity, count)
         SELECT ?1, ?2, iif(EXISTS (SELECT 1 FROM volume WHERE day = ?1 AND tenant = ?2 AND component = ?3)
             OR (SELECT COUNT(*) FROM volume WHERE day = ?1 AND tenant = ?2) < ?6, ?3, ?7), ?4, ?5 WHERE true
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for ((day, tenant, component, severity), count) in &step.components {
        add.execute(params![day, tenant, component, severity, count, MOST_A_DAY, OTHERS])?;
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO volume_sender (day, tenant, sender, count)
         SELECT ?1, ?2, iif(EXISTS (SELECT 1 FROM volume_sender WHERE day = ?1 AND tenant = ?2 AND sender = ?3)
             OR (SELECT COUNT(*) FROM volume_sender WHERE day = ?1 AND tenant = ?2) < ?5, ?3, ''), ?4
         WHERE true ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for ((day, tenant, sender), count) in &step.senders {
        add.execute(params![day, tenant, sender, count, MOST_A_DAY])?;
    }
    for table in ["volume", "volume_sender"] {
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE day < ?1"))?.execute([number(first)])?;
    }
    Ok(())
}

/// The volume of a tenant in a number of days from `first` on.
pub fn report(reader: &Reader, tenant: TenantId, first: NaiveDate, days: u32, of: &Of) -> Result<Volume> {
    let wanted = match of {
        Of::All => None,
        Of::Component(None) => Some(0),
        // An unknown component has no notifications.
        Of::Component(Some(name)) => Some(keys::component(reader, tenant, name)?.unwrap_or(i64::MIN)),
    };
    let deadline = reader.alarm.take();
    let mut volume = Volume { complete: true, ..Volume::default() };
    let mut components: BTreeMap<i64, BySeverity> = BTreeMap::new();
    let mut senders: BTreeMap<String, u64> = BTreeMap::new();
    let mut by_component = reader.prepare_cached("SELECT component, severity, count FROM volume WHERE day = ?1 AND tenant = ?2")?;
    let mut by_sender = reader.prepare_cached("SELECT sender, count FROM volume_sender WHERE day = ?1 AND tenant = ?2")?;
    for day in (0..u64::from(days)).filter_map(|ahead| first.checked_add_days(Days::new(ahead))) {
        let mut counts = BySeverity::default();
        let mut rows = by_component.query(params![number(day), tenant.0])?;
        while let Some(row) = rows.next()? {
            let (component, grade, count): (i64, u8, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Some(grade) = Severity::ALL.into_iter().find(|known| severity(*known) == grade) else { continue };
            components.entry(component).or_default().add(grade, count);
            if wanted.is_none_or(|wanted| wanted == component) {
                counts.add(grade, count);
            }
        }
        volume.days.push(DayVolume { day, counts });
        if deadline.is_past() {
            volume.complete = false;
            break;
        }
        let mut rows = by_sender.query(params![number(day), tenant.0])?;
        while let Some(row) = rows.next()? {
            *senders.entry(row.get(0)?).or_default() += row.get::<_, u64>(1)?;
        }
    }
    let mut rest = components.remove(&OTHERS).unwrap_or_default();
    let mut loudest: Vec<_> = components.into_iter().collect();
    loudest.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.total()));
    loudest.split_off(loudest.len().min(NAMED)).into_iter().for_each(|(_, counts)| rest += counts);
    let mut name = reader.prepare_cached("SELECT name FROM component WHERE id = ?1")?;
    for (component, counts) in loudest {
        let component = if component == 0 { None } else { Some(name.query_row([component], |row| row.get(0))?) };
        volume.components.push(ComponentVolume { component, others: false, counts });
    }
    if rest.total() > 0 {
        volume.components.push(ComponentVolume { component: None, others: true, counts: rest });
    }
    senders.remove("");
    volume.senders = senders.into_iter().map(|(sender, count)| SenderVolume { sender, count }).collect();
    volume.senders.sort_by_key(|sender| std::cmp::Reverse(sender.count));
    volume.senders.truncate(NAMED);
    Ok(volume)
}
