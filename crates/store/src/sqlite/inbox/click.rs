//! Records that a person clicked a button of an item.

use campanile_domain::{Error, PersonId, TenantId, model::inbox_item::StoredItem};
use chrono::{DateTime, Utc};
use rusqlite::params;
use uuid::Uuid;

use super::{
    super::{columns::to_micros, error::Result, notifications_read, write_transaction::WriteTransaction},
    Inbox, button_clicks, item_changes, matched_keys, page,
    scan::find_row,
};

/// Records that a person clicked a button. Only the first click counts. Other tabs of the person are notified.
pub fn record_click(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    person: PersonId,
    id: Uuid,
    button: u32,
    now: DateTime<Utc>,
) -> Result<StoredItem> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, tenant, person)?;
    let sequence = notifications_read::sequence_of(connection, tenant, id)?.ok_or(Error::NotFound)?;
    let candidate = find_row(connection, &inbox, sequence)?.ok_or(Error::NotFound)?;
    let mut item = page::load(connection, tenant, person, &candidate)?.ok_or(Error::NotFound)?;
    let pressed = item.notification.message.buttons.get(button as usize).ok_or(Error::NotFound)?;
    let sql = "INSERT OR IGNORE INTO button_click (tenant, sequence, button, person, clicked_at, label, data)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![tenant.0, sequence, button, person.0, to_micros(now), pressed.label, pressed.data];
    let first = connection.prepare_cached(sql)?.execute(values)? > 0;
    item.button_clicks = button_clicks::clicked_by(connection, tenant, person, sequence)?;
    item.matched_keys = matched_keys::of(connection, &inbox, sequence)?;
    if first {
        item_changes::publish(writing, inbox, &[(sequence, candidate.state)])?;
    }
    Ok(item)
}
