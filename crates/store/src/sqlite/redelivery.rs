//! Makes the failed deliveries of a notification due again, on request.

use campanile_domain::TenantId;
use chrono::{DateTime, Utc};
use rusqlite::params;
use uuid::Uuid;

use super::{columns::to_micros, error::Result, write_transaction::WriteTransaction};

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
