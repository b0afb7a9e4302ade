//! Reports the deliveries of a notification: a page of them, their counts, and the first attempts.

use campanile_domain::{
    TenantId,
    model::{delivery::FirstAttempts, listing::Listing, masked_url::mask_url},
};
use campanile_shared::delivery::{Delivery, DeliveryCounts, DeliveryState};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    columns::{self, from_micros, uuid},
    error::Result,
    pagination::paginate,
    query_timeout::Deadline,
};

/// The state of a delivery as it is shown. A pending delivery to a disabled webhook or URL is shown as
/// rejected: it will be rejected when its turn comes.
const EFFECTIVE_STATE: &str = "CASE WHEN d.state = 0 AND (
        EXISTS (SELECT 1 FROM webhook WHERE row = d.webhook AND disabled_reason IS NOT NULL)
        OR d.webhook IS NULL AND EXISTS (SELECT 1 FROM disabled_url WHERE tenant = d.tenant AND url = d.target)
    ) THEN 2 ELSE d.state END";

/// A page of a notification's deliveries, the earliest first.
pub fn page(connection: &Connection, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<Delivery, u64>> {
    let sql = format!(
        "SELECT d.row, d.id, d.channel, d.target, p.login, {EFFECTIVE_STATE}, d.due_at, d.attempt_log
         FROM delivery d LEFT JOIN person p ON p.id = d.person
         WHERE d.tenant = ?1 AND d.sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2) AND d.row > ?3
         ORDER BY d.row LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![tenant.0, id.as_bytes(), after.unwrap_or_default(), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let state = state_from_column(row.get(5)?);
        let delivery = Delivery {
            id: uuid(row, 1)?,
            channel: columns::channel_from_column(row.get(2)?),
            target: mask_url(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?),
            person: row.get(4)?,
            state,
            due_at: Some(from_micros(row.get(6)?)).filter(|_| state == DeliveryState::Pending),
            attempts: columns::json(row, 7)?,
        };
        Ok((row.get(0)?, delivery))
    })
}

fn state_from_column(stored: u8) -> DeliveryState {
    DeliveryState::ALL.into_iter().find(|state| *state as u8 == stored).unwrap_or(DeliveryState::Pending)
}

/// Counts a notification's deliveries by state, until the deadline.
pub fn counts(connection: &Connection, tenant: TenantId, id: Uuid, deadline: Deadline) -> Result<DeliveryCounts> {
    let sql = format!(
        "SELECT {EFFECTIVE_STATE} FROM delivery d
         WHERE d.tenant = ?1 AND d.sequence = (SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let mut counts = DeliveryCounts::default();
    while let Some(row) = rows.next()? {
        *match state_from_column(row.get(0)?) {
            DeliveryState::Pending => &mut counts.pending,
            DeliveryState::Delivered => &mut counts.delivered,
            DeliveryState::Rejected => &mut counts.rejected,
            DeliveryState::GivenUp => &mut counts.given_up,
        } += 1;
        if deadline.is_past() {
            counts.incomplete = rows.next()?.is_some();
            break;
        }
    }
    Ok(counts)
}

/// The results of the first attempts for a notification. Webhooks are not counted: they are not the sender's
/// concern.
pub fn first_attempts(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<FirstAttempts> {
    let sql = "SELECT EXISTS (SELECT 1 FROM mailing WHERE row = n.row)
                   OR EXISTS (SELECT 1 FROM delivery WHERE tenant = n.tenant AND sequence = n.sequence AND webhook IS NULL
                       AND state = 0 AND attempt_log = '[]'),
               EXISTS (SELECT 1 FROM delivery WHERE tenant = n.tenant AND sequence = n.sequence AND webhook IS NULL
                   AND (state != 1 OR json_array_length(attempt_log) > 1))
               FROM notification n WHERE n.tenant = ?1 AND n.id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(match found {
        Some((true, _)) => FirstAttempts::Pending,
        Some((false, true)) => FirstAttempts::SomeFailed,
        Some((false, false)) | None => FirstAttempts::AllDelivered,
    })
}
