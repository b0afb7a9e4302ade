//! The audience keys that a person holds or held, and the range of sequences each covers.

use campanile_domain::{AudienceKey, PersonId, TenantId};
use rusqlite::{Connection, OptionalExtension, params};

use super::super::{audience_keys, error::Result};

/// The sequences of a key that are in an inbox: `low < sequence ≤ high`.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub key: i64,
    pub low: u64,
    pub high: u64,
}

/// A key that a person holds or held.
pub struct HeldKey {
    pub name: AudienceKey,
    pub range: Range,
    pub withdrawn: u64,
}

/// Above every sequence, and still an SQLite integer.
pub const NO_END: u64 = i64::MAX as u64;

/// The keys that a person holds now.
pub fn current_keys(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Vec<AudienceKey>> {
    let held = held_keys(connection, tenant, person, 0)?;
    // Every person holds these two, even when they have no row yet.
    let mut keys = vec![AudienceKey::Everyone, AudienceKey::Person(person)];
    keys.extend(held.into_iter().filter(|held| held.range.high == NO_END).map(|held| held.name));
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// The keys that a person holds or held.
pub fn held_keys(connection: &Connection, tenant: TenantId, person: PersonId, since: u64) -> Result<Vec<HeldKey>> {
    let mut found = Vec::new();
    for name in [AudienceKey::Everyone, AudienceKey::Person(person)] {
        let (kind, object, relation) = audience_keys::key_columns(&name);
        let sql = "SELECT id, revision FROM audience_key WHERE tenant = ?1 AND kind = ?2 AND object = ?3 AND relation = ?4";
        let mut statement = connection.prepare_cached(sql)?;
        let row = statement.query_row(params![tenant.0, kind, object, relation], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        // A key without a row has no notifications.
        if let Some((key, withdrawn)) = row {
            found.push(HeldKey { name, range: Range { key, low: since, high: NO_END }, withdrawn });
        }
    }
    let sql = "SELECT k.id, k.kind, k.object, k.relation, k.revision, r.since_sequence, r.until_sequence
               FROM relation r JOIN audience_key k ON k.id = r.key WHERE r.tenant = ?1 AND r.subject = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, audience_keys::subject(person)])?;
    while let Some(row) = rows.next()? {
        let range = Range { key: row.get(0)?, low: row.get(5)?, high: row.get::<_, Option<u64>>(6)?.unwrap_or(NO_END) };
        found.push(HeldKey { name: audience_keys::from_columns(row, 1)?, range, withdrawn: row.get(4)? });
    }
    Ok(found)
}
