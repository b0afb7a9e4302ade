//! Counts the notifications that were sent, some time after the sending; see the domain's module of the same
//! name.
//!
//! A reader goes through the notifications, so that the writer only adds a few numbers. A step counts only if
//! it starts where the last one ended, so that none is counted twice.

use std::collections::BTreeMap;

use campanile_domain::{TenantId, model::volume_filter::VolumeFilter};
use campanile_shared::{
    Severity,
    volume::{ComponentVolume, DayVolume, SenderVolume, Volume, VolumeBySeverity},
};
use chrono::{Days, NaiveDate};
use rusqlite::{Connection, params};

use super::{columns::severity, components, error::Result, read_pool::Reader, write_transaction::WriteTransaction};

/// The most rows of a tenant's day, both by component and severity and by sender. Beyond that all others are
/// counted together.
const MAX_ROWS_PER_DAY: u32 = 1_000;
/// The component of all others.
const OTHERS: i64 = -1;
/// The most components and the most senders that a report names.
const MAX_NAMED: usize = 20;
/// A day in microseconds.
const DAY_MICROS: i64 = 86_400_000_000;

/// A step that is counted but not saved.
pub struct Step {
    from_row: i64,
    to_row: i64,
    /// How many notifications it went through.
    pub notifications: u32,
    /// By day, tenant, component and severity.
    components: BTreeMap<(i64, i64, i64, u8), u64>,
    /// By day, tenant and sender.
    senders: BTreeMap<(i64, i64, String), u64>,
}

/// A day as it is stored.
fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// Counts the next notifications. Days before `first` are skipped.
pub fn count(connection: &Connection, first: NaiveDate, limit: u32) -> Result<Step> {
    let mut state = connection.prepare_cached("SELECT counted_up_to FROM volume_state")?;
    let began: i64 = state.query_row([], |row| row.get(0))?;
    let mut step = Step { from_row: began, to_row: began, notifications: 0, components: BTreeMap::new(), senders: BTreeMap::new() };
    let sql = "SELECT row, tenant, accepted_at, component, severity, json_extract(message, '$.source.sender')
               FROM notification WHERE row > ?1 ORDER BY row LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![began, limit])?;
    while let Some(row) = rows.next()? {
        step.to_row = row.get(0)?;
        step.notifications += 1;
        let (tenant, day) = (row.get(1)?, row.get::<_, i64>(2)?.div_euclid(DAY_MICROS));
        if day >= day_number(first) {
            *step.components.entry((day, tenant, row.get(3)?, row.get(4)?)).or_default() += 1;
            *step.senders.entry((day, tenant, row.get(5)?)).or_default() += 1;
        }
    }
    Ok(step)
}

/// Adds a step to the counts, unless it was added already, and deletes days before `first`.
pub fn save(writing: &mut WriteTransaction<'_>, step: &Step, first: NaiveDate) -> Result<()> {
    let connection = writing.connection;
    let sql = "UPDATE volume_state SET counted_up_to = ?2 WHERE counted_up_to = ?1";
    if connection.prepare_cached(sql)?.execute([step.from_row, step.to_row])? == 0 {
        return Ok(());
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO volume (day, tenant, component, severity, count)
         SELECT ?1, ?2, iif(EXISTS (SELECT 1 FROM volume WHERE day = ?1 AND tenant = ?2 AND component = ?3)
             OR (SELECT COUNT(*) FROM volume WHERE day = ?1 AND tenant = ?2) < ?6, ?3, ?7), ?4, ?5 WHERE true
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for ((day, tenant, component, severity), count) in &step.components {
        add.execute(params![day, tenant, component, severity, count, MAX_ROWS_PER_DAY, OTHERS])?;
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO volume_sender (day, tenant, sender, count)
         SELECT ?1, ?2, iif(EXISTS (SELECT 1 FROM volume_sender WHERE day = ?1 AND tenant = ?2 AND sender = ?3)
             OR (SELECT COUNT(*) FROM volume_sender WHERE day = ?1 AND tenant = ?2) < ?5, ?3, ''), ?4
         WHERE true ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for ((day, tenant, sender), count) in &step.senders {
        add.execute(params![day, tenant, sender, count, MAX_ROWS_PER_DAY])?;
    }
    for table in ["volume", "volume_sender"] {
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE day < ?1"))?.execute([day_number(first)])?;
    }
    Ok(())
}

/// The volume of a tenant in a number of days from `first` on.
pub fn report(reader: &Reader, tenant: TenantId, first: NaiveDate, days: u32, of: &VolumeFilter) -> Result<Volume> {
    let wanted = match of {
        VolumeFilter::All => None,
        VolumeFilter::Component(None) => Some(0),
        // An unknown component has no notifications.
        VolumeFilter::Component(Some(name)) => Some(components::find(reader, tenant, name)?.unwrap_or(i64::MIN)),
    };
    let deadline = reader.timeout.take_deadline();
    let mut volume = Volume { complete: true, ..Volume::default() };
    let mut components: BTreeMap<i64, VolumeBySeverity> = BTreeMap::new();
    let mut senders: BTreeMap<String, u64> = BTreeMap::new();
    let mut by_component = reader.prepare_cached("SELECT component, severity, count FROM volume WHERE day = ?1 AND tenant = ?2")?;
    let mut by_sender = reader.prepare_cached("SELECT sender, count FROM volume_sender WHERE day = ?1 AND tenant = ?2")?;
    for day in (0..u64::from(days)).filter_map(|ahead| first.checked_add_days(Days::new(ahead))) {
        let mut counts = VolumeBySeverity::default();
        let mut rows = by_component.query(params![day_number(day), tenant.0])?;
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
        let mut rows = by_sender.query(params![day_number(day), tenant.0])?;
        while let Some(row) = rows.next()? {
            *senders.entry(row.get(0)?).or_default() += row.get::<_, u64>(1)?;
        }
    }
    let mut rest = components.remove(&OTHERS).unwrap_or_default();
    let mut loudest: Vec<_> = components.into_iter().collect();
    loudest.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.total()));
    loudest.split_off(loudest.len().min(MAX_NAMED)).into_iter().for_each(|(_, counts)| rest += counts);
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
    volume.senders.truncate(MAX_NAMED);
    Ok(volume)
}
