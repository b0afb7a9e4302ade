//! Corrects a notification: replaces its content in every inbox.

use campanile_domain::{Error, TenantId, model::notification::Reviser};
use campanile_shared::Content;
use chrono::{DateTime, Utc};
use rusqlite::params;
use uuid::Uuid;

use super::{columns::to_micros, error::Result, search_index, withdrawal, write_transaction::WriteTransaction};

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
    let found = withdrawal::find(connection, tenant, id)?;
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
    withdrawal::notify_holders(writing, &[leaving])
}
