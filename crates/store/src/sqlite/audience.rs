//! Who an audience reaches: now, and at the time a notification was sent.

use campanile_domain::{AudienceKey, PersonId, TenantId};
use campanile_shared::{Person as Profile, directory::AudienceSummary};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{fault::Result, keys, people};

/// The people of some keys at this moment, as a condition on `person p`: `?2` a JSON array of role
/// keys, `?3` one of people.
const NOW: &str = "p.tenant = ?1 AND p.id IN (
    SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?2)) AND until IS NULL AND person IS NOT NULL
    UNION SELECT value FROM json_each(?3))";

/// How many people the keys reach, how many of them have an address, and the first by name.
pub fn summary(connection: &Connection, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
    let (mut roles, mut persons) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => persons.push(person.0),
            AudienceKey::Role { .. } => roles.extend(keys::find(connection, tenant, key)?),
        }
    }
    let condition = if keys.contains(&AudienceKey::Everyone) { "p.tenant = ?1 AND ?2 = ?2 AND ?3 = ?3" } else { NOW };
    let arrays = (serde_json::to_string(&roles)?, serde_json::to_string(&persons)?);
    let sql = format!("SELECT COUNT(*), COUNT(p.email), COUNT(DISTINCT lower(p.email)) FROM person p WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut summary = statement.query_row(params![tenant.0, arrays.0, arrays.1], |row| {
        Ok(AudienceSummary { people: row.get(0)?, with_email: row.get(1)?, addresses: row.get(2)?, first: Vec::new() })
    })?;
    let sql = format!("SELECT {} FROM person p WHERE {condition} ORDER BY p.folded_name, p.id LIMIT ?4", people::PROFILE);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, arrays.0, arrays.1, limit])?;
    while let Some(row) = rows.next()? {
        summary.first.push(people::profile(row, 0)?);
    }
    Ok(summary)
}

/// A notification's audience, for reading who was in it when it was sent.
pub struct Reached {
    pub sequence: u64,
    pub everyone: bool,
    /// JSON arrays of role keys and of people.
    roles: String,
    persons: String,
    /// All keys.
    pub keys: Vec<i64>,
}

impl Reached {
    /// By the ids of its keys.
    pub fn load(connection: &Connection, sequence: u64, keys: &str) -> Result<Self> {
        let keys: Vec<i64> = serde_json::from_str(keys)?;
        let (mut roles, mut persons, mut everyone) = (Vec::new(), Vec::new(), false);
        for key in &keys {
            let mut statement = connection.prepare_cached("SELECT kind, object, relation FROM audience_key WHERE id = ?1")?;
            let mut rows = statement.query([key])?;
            let Some(row) = rows.next()? else { continue };
            match keys::from_columns(row, 0)? {
                AudienceKey::Everyone => everyone = true,
                AudienceKey::Person(person) => persons.push(person.0),
                AudienceKey::Role { .. } => roles.push(*key),
            }
        }
        Ok(Self { sequence, everyone, roles: serde_json::to_string(&roles)?, persons: serde_json::to_string(&persons)?, keys })
    }

    /// The people it reached, by place in the store.
    pub fn people(&self, connection: &Connection, tenant: TenantId, after: i64, limit: u32) -> Result<Vec<(PersonId, Profile)>> {
        let among = if self.everyone {
            "p.since_sequence < ?3 AND ?4 = ?4 AND ?5 = ?5"
        } else {
            "p.id IN (
                SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?4)) AND person > ?2
                    AND since_sequence < ?3 AND (until_sequence IS NULL OR until_sequence >= ?3)
                UNION SELECT value FROM json_each(?5))"
        };
        let sql =
            format!("SELECT p.id, {} FROM person p WHERE p.tenant = ?1 AND p.id > ?2 AND {among} ORDER BY p.id LIMIT ?6", people::PROFILE);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![tenant.0, after, self.sequence, self.roles, self.persons, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((PersonId(row.get(0)?), people::profile(row, 1)?));
        }
        Ok(found)
    }
}

/// The people whom a notification reached when it was sent.
pub fn recipients(
    connection: &Connection,
    tenant: TenantId,
    id: Uuid,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<(PersonId, Profile)>> {
    let mut statement = connection.prepare_cached("SELECT sequence, keys FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let keys: String = row.get(1)?;
    let reached = Reached::load(connection, row.get(0)?, &keys)?;
    reached.people(connection, tenant, after.map_or(0, |after| after.0), limit)
}
