//! Records the attempts of deliveries.

use campanile_domain::model::delivery::{AfterAttempt, AttemptRecord};
use campanile_shared::delivery::{Attempt, DeliveryState};
use rusqlite::{OptionalExtension, params};

use super::{
    columns::{from_micros, to_micros},
    disabled_urls,
    error::Result,
    write_transaction::WriteTransaction,
};

/// Records the outcomes of attempts. The row is given where it is known.
pub fn record(writing: &mut WriteTransaction<'_>, outcomes: &[(Option<i64>, AttemptRecord)]) -> Result<()> {
    let connection = writing.connection;
    // A delivered request may hold secrets and is removed. The log is a JSON array that is appended to without
    // parsing it.
    let sql = "UPDATE delivery SET state = ?2, due_at = coalesce(?3, due_at), attempt_count = attempt_count + 1,
                   request = CASE WHEN ?2 = 1 THEN NULL ELSE request END,
                   attempt_log = CASE attempt_log WHEN '[]' THEN '[' ELSE substr(attempt_log, 1, length(attempt_log) - 1) || ',' END
                       || ?4 || ']'
               WHERE row = ?1 AND state = 0";
    let mut keep = connection.prepare_cached(sql)?;
    let mut look_up = connection.prepare_cached("SELECT row FROM delivery WHERE id = ?1")?;
    // Usually no URL is disabled, and this saves a look-up for each delivery.
    let any_gone = connection.prepare_cached("SELECT 1 FROM disabled_url LIMIT 1")?.exists([])?;
    for (row, outcome) in outcomes {
        let found = row.map_or_else(|| look_up.query_row([outcome.id.as_bytes()], |row| row.get(0)).optional(), |row| Ok(Some(row)));
        let Some(row) = found? else { continue };
        let (state, due_at) = match outcome.next_step {
            AfterAttempt::RetryAt(at) => (DeliveryState::Pending, Some(to_micros(at))),
            AfterAttempt::Delivered => (DeliveryState::Delivered, None),
            AfterAttempt::Rejected | AfterAttempt::Gone => (DeliveryState::Rejected, None),
            AfterAttempt::GivenUp => (DeliveryState::GivenUp, None),
        };
        let attempt = Attempt { at: from_micros(to_micros(outcome.at)), millis: outcome.duration_ms, answer: outcome.detail.clone() };
        if keep.execute(params![row, state as u8, due_at, serde_json::to_string(&attempt)?])? == 0 {
            continue;
        }
        match outcome.next_step {
            AfterAttempt::Gone => disabled_urls::disable_target(connection, row, outcome)?,
            // A URL that accepts a request works again.
            AfterAttempt::Delivered if any_gone => disabled_urls::enable_target(connection, row)?,
            _ => {}
        }
    }
    Ok(())
}
