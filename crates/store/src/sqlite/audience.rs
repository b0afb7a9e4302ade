//! Whom an audience reaches now.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hasher},
    time::Duration,
};

use campanile_domain::{AudienceKey, TenantId};
use campanile_shared::{Person as Profile, directory::AudienceSummary};
use rusqlite::{Connection, OptionalExtension, params};

use super::{audience_keys, error::Result, pagination::paginate, person_columns, read_pool::Reader};

/// Time limit for the first people of an audience, by name.
const PREVIEW_TIMEOUT: Duration = Duration::from_millis(100);

/// The people who hold some keys now, as a condition on `person p`. `?2` is a JSON array of role keys, `?3` one
/// of person ids.
const CURRENT_HOLDERS: &str = "p.tenant = ?1 AND p.disabled_at IS NULL AND p.id IN (
    SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?2)) AND until IS NULL AND person IS NOT NULL
    UNION SELECT value FROM json_each(?3))";

/// How many people the keys reach, how many of them have an address, how many distinct addresses get mail, and
/// the first people by name. What takes too long is left out, and the summary says so.
pub fn summary(reader: &Reader, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
    let (mut roles, mut persons) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => persons.push(person.0),
            AudienceKey::Role { .. } => roles.extend(audience_keys::find(reader, tenant, key)?),
        }
    }
    let condition = if keys.contains(&AudienceKey::Everyone) {
        "p.tenant = ?1 AND p.disabled_at IS NULL AND ?2 = ?2 AND ?3 = ?3"
    } else {
        CURRENT_HOLDERS
    };
    let arrays = (serde_json::to_string(&roles)?, serde_json::to_string(&persons)?);
    let mut summary = AudienceSummary::default();
    let deadline = reader.timeout.take_deadline();
    let sql = format!("SELECT p.email, p.unsubscribed FROM person p WHERE {condition}");
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, arrays.0, arrays.1])?;
    // Hashes instead of addresses, because there may be hundreds of thousands.
    let mut addresses = HashSet::new();
    while let Some(row) = rows.next()? {
        summary.people += 1;
        if let Some(email) = row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            summary.with_email += 1;
            if !row.get::<_, bool>(1)? {
                addresses.insert(hash(email));
            }
        }
        if deadline.is_past() {
            summary.incomplete = true;
            break;
        }
    }
    drop(rows);
    if summary.incomplete && matches!(keys, [_]) {
        // A single key has a counter.
        summary.people = audience_size(reader, tenant, keys)?;
    }
    summary.addresses = addresses.len() as u64;
    let mut first = |further: &str| -> Result<Vec<Profile>> {
        let sql = format!(
            "SELECT {} FROM person p WHERE {condition}{further} ORDER BY p.folded_name, p.id LIMIT ?4",
            person_columns::PROFILE_COLUMNS
        );
        let found = reader.timeout.run_within(PREVIEW_TIMEOUT, || {
            let mut statement = reader.prepare_cached(&sql)?;
            let rows = statement.query(params![tenant.0, arrays.0, arrays.1, u64::from(limit) + 1])?;
            paginate(rows, limit, |row| person_columns::profile(row, 0).map(|person| ((), person)))
        })?;
        summary.incomplete |= found.is_none();
        Ok(found.map_or_else(Vec::new, |found| found.items))
    };
    let (some, without_email) = (first("")?, first(" AND p.email IS NULL")?);
    (summary.first, summary.without_email) = (some, without_email);
    Ok(summary)
}

/// A hash of an address that ignores the case of ASCII letters.
fn hash(email: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    email.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
    hasher.finish()
}

/// How many people the keys reach now. A single key has a counter; several keys are counted person by person.
pub fn audience_size(connection: &Connection, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64> {
    if keys.contains(&AudienceKey::Everyone) {
        let mut statement = connection.prepare_cached("SELECT person_count FROM tenant WHERE id = ?1")?;
        return Ok(statement.query_row([tenant.0], |row| row.get(0)).optional()?.unwrap_or_default());
    }
    if let [key @ AudienceKey::Role { .. }] = keys {
        let Some(key) = audience_keys::find(connection, tenant, key)? else { return Ok(0) };
        let mut statement = connection.prepare_cached("SELECT holder_count FROM audience_key WHERE id = ?1")?;
        return Ok(statement.query_row([key], |row| row.get(0))?);
    }
    let mut people = HashSet::new();
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => {
                let mut statement =
                    connection.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND tenant = ?2 AND disabled_at IS NULL")?;
                if statement.exists(params![person.0, tenant.0])? {
                    people.insert(person.0);
                }
            }
            AudienceKey::Role { .. } => {
                let Some(key) = audience_keys::find(connection, tenant, key)? else { continue };
                let mut statement = connection.prepare_cached(
                    "SELECT r.person FROM relation r JOIN person p ON p.id = r.person
                     WHERE r.key = ?1 AND r.until IS NULL AND r.person IS NOT NULL AND p.disabled_at IS NULL",
                )?;
                for holder in statement.query_map([key], |row| row.get(0))? {
                    people.insert(holder?);
                }
            }
        }
    }
    Ok(people.len() as u64)
}
