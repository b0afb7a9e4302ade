//! Converts values of the domain to columns and back.

use campanile_domain::{
    Notification,
    model::notification::{Revised, Reviser},
};
use campanile_shared::{Channel, Severity};
use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::Result;

/// A time as it is stored, in microseconds since 1970 UTC.
pub fn to_micros(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros()
}

/// A stored time.
pub fn from_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// A severity as it is stored: 0 information to 3 error.
pub const fn severity(severity: Severity) -> u8 {
    severity as u8
}

/// The columns that [`notification`] reads.
pub const NOTIFICATION_COLUMNS: &str = "id, sequence, accepted_at, audience, message, corrected_at, corrected_by, recalled_at, recalled_by";

/// Reads a notification from its columns.
pub fn notification(row: &Row<'_>) -> Result<Notification> {
    Ok(Notification {
        id: Uuid::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?,
        sequence: row.get(1)?,
        accepted_at: from_micros(row.get(2)?),
        to: json(row, 3)?,
        message: json(row, 4)?,
        revised: Revised {
            corrected_at: row.get::<_, Option<i64>>(5)?.map(from_micros),
            corrected_by: reviser(row, 6)?,
            recalled_at: row.get::<_, Option<i64>>(7)?.map(from_micros),
            recalled_by: reviser(row, 8)?,
        },
    })
}

fn reviser(row: &Row<'_>, column: usize) -> Result<Option<Reviser>> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(text.map(serde_json::from_str).transpose()?)
}

/// Reads a UUID from a column.
pub fn uuid(row: &Row<'_>, column: usize) -> Result<Uuid> {
    Ok(Uuid::from_slice(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)?)
}

/// Severities as a bit set, the form of `person.mail_severities`.
pub fn severity_bits(severities: &[Severity]) -> u8 {
    severities.iter().fold(0, |bits, severity| bits | 1 << *severity as u8)
}

/// A channel from its stored form.
pub fn channel_from_column(stored: u8) -> Channel {
    Channel::ALL.into_iter().find(|channel| *channel as u8 == stored).unwrap_or_default()
}

/// Reads a JSON text from a column.
pub fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    Ok(serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)?)
}
