//! Recalls a notification: removes it from every inbox and cancels its deliveries.

use campanile_domain::{Error, TenantId, model::notification::Reviser};
use campanile_shared::delivery::Attempt;
use chrono::{DateTime, Utc};
use rusqlite::params;
use uuid::Uuid;

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    withdrawal,
    write_transaction::WriteTransaction,
};

/// Removes a notification from every inbox. Repeating it changes nothing. [`cancel_deliveries`] ends its pending
/// deliveries.
pub fn recall(writing: &mut WriteTransaction<'_>, tenant: TenantId, id: Uuid, by: &Reviser, now: DateTime<Utc>) -> Result<()> {
    let connection = writing.connection;
    let Some((leaving, recalled)) = withdrawal::find(connection, tenant, id)? else { return Err(Error::NotFound.into()) };
    if recalled {
        return Ok(());
    }
    let sql = "UPDATE notification SET recalled_at = ?2, recalled_by = ?3, withdrawn = 1 WHERE row = ?1";
    connection.prepare_cached(sql)?.execute(params![leaving.row, to_micros(now), serde_json::to_string(by)?])?;
    // Addresses that are not planned yet get no delivery.
    connection.prepare_cached("DELETE FROM mailing WHERE row = ?1")?.execute([leaving.row])?;
    withdrawal::withdraw(writing, &[leaving])
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
