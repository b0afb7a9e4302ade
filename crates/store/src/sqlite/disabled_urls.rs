//! Disables the webhooks and URLs that no longer accept requests, and enables URLs that accept them again.

use campanile_domain::model::delivery::AttemptRecord;
use campanile_shared::Channel;
use chrono::TimeDelta;
use rusqlite::{Connection, params};

use super::{columns::to_micros, error::Result};

/// How long a URL stays disabled (90 days).
pub const DISABLED_URL_RETENTION: TimeDelta = TimeDelta::days(90);

/// Disables the webhook of a delivery or, where the sender gave a URL, the URL.
pub fn disable_target(connection: &Connection, row: i64, outcome: &AttemptRecord) -> Result<()> {
    let sql = "UPDATE webhook SET disabled_reason = ?2 WHERE row = (SELECT webhook FROM delivery WHERE row = ?1)";
    connection.prepare_cached(sql)?.execute(params![row, outcome.detail])?;
    let sql = "INSERT OR REPLACE INTO disabled_url (tenant, url, response, disabled_at)
               SELECT tenant, target, ?2, ?3 FROM delivery WHERE row = ?1 AND webhook IS NULL";
    connection.prepare_cached(sql)?.execute(params![row, outcome.detail, to_micros(outcome.at)])?;
    Ok(())
}

/// Enables the URL of a delivery again, if it was disabled.
pub fn enable_target(connection: &Connection, row: i64) -> Result<()> {
    let sql = "DELETE FROM disabled_url WHERE (tenant, url) =
                   (SELECT tenant, target FROM delivery WHERE row = ?1 AND webhook IS NULL AND channel = ?2)";
    connection.prepare_cached(sql)?.execute(params![row, Channel::Http as u8])?;
    Ok(())
}
