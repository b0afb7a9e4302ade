//! Recalls and corrects notifications.

use campanile_domain::{Error, TenantId, model::notification::Reviser};
use campanile_shared::{Content, delivery::Attempt};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    housekeeping::{self, FiledNotification},
    search_index,
    write_thread::WriteTransaction,
};

/// Removes a notification from every inbox. Repeating it changes nothing. [`cancel_deliveries`] ends its pending
/// deliveries.
pub fn recall(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid, by: &Reviser, now: DateTime<Utc>) -> Result<()> {
    let connection = writing.connection;
    let Some((leaving, recalled)) = find(connection, tenant, id)? else { return Err(Error::NotFound.into()) };
    if recalled {
        return Ok(());
    }
    let sql = "UPDATE notification SET recalled_at = ?2, recalled_by = ?3, withdrawn = 1 WHERE row = ?1";
    connection.prepare_cached(sql)?.execute(params![leaving.row, to_micros(now), serde_json::to_string(by)?])?;
    // Addresses that are not planned yet get no delivery.
    connection.prepare_cached("DELETE FROM mailing WHERE row = ?1")?.execute([leaving.row])?;
    housekeeping::withdraw(writing, &[leaving])
}

/// Rejects pending deliveries of a recalled notification, at most `limit`; returns how many.
pub fn cancel_deliveries(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32> {
    let answer = Attempt { at: from_micros(to_micros(now)), millis: 0, answer: "recalled by its sender".to_owned() };
    let sql = "UPDATE delivery SET state = 2, attempt_log = json_insert(attempt_log, '$[#]', json(?3)) WHERE row IN
                   (SELECT row FROM delivery WHERE tenant = ?1 AND state = 0
                        AND sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2 AND recalled_at IS NOT NULL)
                    LIMIT ?4)";
    let mut statement = writing.connection.prepare_cached(sql)?;
    Ok(statement.execute(params![tenant.0, id.as_bytes(), serde_json::to_string(&answer)?, limit])? as u32)
}

/// Replaces the content of a notification in every inbox at once. [`Error::NotFound`] when it is in no inbox.
pub fn correct(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    id: Uuid,
    content: &[Content],
    by: &Reviser,
    now: DateTime<Utc>,
) -> Result<()> {
    let connection = writing.connection;
    let found = find(connection, tenant, id)?;
    let leaving = found.map(|(leaving, _)| leaving).filter(|leaving| leaving.is_in_inboxes).ok_or(Error::NotFound)?;
    let sql =
        "UPDATE notification SET message = json_set(message, '$.content', json(?2)), corrected_at = ?3, corrected_by = ?4 WHERE row = ?1";
    connection.prepare_cached(sql)?.execute(params![
        leaving.row,
        serde_json::to_string(content)?,
        to_micros(now),
        serde_json::to_string(by)?
    ])?;
    search_index::reindex(connection, leaving.row)?;
    housekeeping::notify_holders(writing, &[leaving])
}

/// Finds a notification, and whether it was recalled.
fn find(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<(FiledNotification, bool)>> {
    let sql = "SELECT row, tenant, sequence, keys, withdrawn = 0, recalled_at IS NOT NULL FROM notification WHERE tenant = ?1 AND id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, id.as_bytes()], |row| Ok((housekeeping::from_row(row), row.get(5)?))).optional()?;
    found.map(|(leaving, recalled)| Ok((leaving?, recalled))).transpose()
}
