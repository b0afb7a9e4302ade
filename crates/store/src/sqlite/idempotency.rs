//! Responses recorded under idempotency keys, so that a repeated request gets the first response.

use campanile_domain::{
    Error, TenantId,
    idempotency::IDEMPOTENCY_KEY_LIFETIME,
    model::idempotency::{Accepted, IdempotencyKey, RecordedResponse},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    columns::{from_micros, to_micros, uuid},
    error::Result,
};

/// What was accepted under an idempotency key that is still kept.
pub fn accepted_before(connection: &Connection, tenant: TenantId, claim: &IdempotencyKey, now: DateTime<Utc>) -> Result<Option<Accepted>> {
    Ok(recorded_response(connection, tenant, claim, now)?.map(|first| first.accepted))
}

/// The recorded response to an idempotency key that is still kept.
pub fn recorded_response(
    connection: &Connection,
    tenant: TenantId,
    claim: &IdempotencyKey,
    now: DateTime<Utc>,
) -> Result<Option<RecordedResponse>> {
    let sql = "SELECT id, sequence, accepted_at, body_hash, response FROM idempotency_key
               WHERE tenant = ?1 AND scope = ?2 AND key = ?3 AND created_at > ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, claim.scope, claim.key, to_micros(now - IDEMPOTENCY_KEY_LIFETIME)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    if row.get::<_, [u8; 32]>(3)? != claim.body_sha256 {
        return Err(Error::IdempotencyKeyReused.into());
    }
    let accepted =
        Accepted { id: uuid(row, 0)?, sequence: row.get(1)?, accepted_at: from_micros(row.get(2)?), repeated: true, has_deliveries: false };
    Ok(Some(RecordedResponse { accepted, answer: row.get(4)? }))
}

/// Records the response to an idempotency key.
pub fn record_response(
    connection: &Connection,
    tenant: TenantId,
    claim: &IdempotencyKey,
    now: DateTime<Utc>,
    first: &Accepted,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency_key (tenant, scope, key, body_hash, created_at, id, sequence, accepted_at, response)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            tenant.0,
            claim.scope,
            claim.key,
            claim.body_sha256,
            to_micros(now),
            first.id.as_bytes(),
            first.sequence,
            to_micros(first.accepted_at),
            claim.answer
        ])?;
    Ok(())
}
