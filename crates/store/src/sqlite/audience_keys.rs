//! Audience keys: their rows, and how many people they reach.

use std::collections::{HashMap, HashSet};

use campanile_domain::{AudienceKey, Error, PersonId, TenantId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Result;

/// A cache of the ids of keys and components. Their rows are never deleted, so an id stays valid. After a
/// rollback the cache must be cleared, because the rollback may have removed a row.
#[derive(Default)]
pub struct KeyCache {
    keys: HashMap<(TenantId, AudienceKey), i64>,
    components: HashMap<(TenantId, String), i64>,
}

/// The size at which the cache is cleared.
const MAX_CACHED: usize = 10_000;

impl KeyCache {
    /// The id of a key. Inserts its row if it is new.
    pub fn key(&mut self, connection: &Connection, tenant: TenantId, key: &AudienceKey) -> Result<i64> {
        let place = (tenant, key.clone());
        if let Some(id) = self.keys.get(&place) {
            return Ok(*id);
        }
        let (kind, object, relation) = key_columns(key);
        let id = match find(connection, tenant, key)? {
            Some(id) => id,
            None => connection
                .prepare_cached("INSERT INTO audience_key (tenant, kind, object, relation) VALUES (?1, ?2, ?3, ?4)")?
                .insert(params![tenant.0, kind, object, relation])?,
        };
        if self.keys.len() >= MAX_CACHED {
            self.keys.clear();
        }
        self.keys.insert(place, id);
        Ok(id)
    }

    /// The id of a component. Inserts its row if it is new.
    pub fn component(&mut self, connection: &Connection, tenant: TenantId, name: &str) -> Result<i64> {
        let place = (tenant, name.to_owned());
        if let Some(id) = self.components.get(&place) {
            return Ok(*id);
        }
        let id = match component(connection, tenant, name)? {
            Some(id) => id,
            None => connection.prepare_cached("INSERT INTO component (tenant, name) VALUES (?1, ?2)")?.insert(params![tenant.0, name])?,
        };
        if self.components.len() >= MAX_CACHED {
            self.components.clear();
        }
        self.components.insert(place, id);
        Ok(id)
    }
}

/// The id of a component, if it has a row.
pub fn component(connection: &Connection, tenant: TenantId, name: &str) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM component WHERE tenant = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![tenant.0, name], |row| row.get(0)).optional()?)
}

/// The kind, object and relation of a key.
pub fn key_columns(key: &AudienceKey) -> (u8, String, &str) {
    match key {
        AudienceKey::Everyone => (0, String::new(), ""),
        AudienceKey::Person(person) => (1, person.0.to_string(), ""),
        AudienceKey::Role { object, relation } => (2, object.clone(), relation),
    }
}

/// Reads a key from three columns: kind, object and relation.
pub fn from_columns(row: &Row<'_>, first: usize) -> Result<AudienceKey> {
    let object: String = row.get(first + 1)?;
    Ok(match row.get(first)? {
        0_u8 => AudienceKey::Everyone,
        1 => {
            AudienceKey::Person(PersonId(object.parse().map_err(|_| Error::Unavailable("the audience key of a person has no id".into()))?))
        }
        _ => AudienceKey::Role { object, relation: row.get(first + 2)? },
    })
}

/// The id of a key, if it has a row.
pub fn find(connection: &Connection, tenant: TenantId, key: &AudienceKey) -> Result<Option<i64>> {
    let (kind, object, relation) = key_columns(key);
    let sql = "SELECT id FROM audience_key WHERE tenant = ?1 AND kind = ?2 AND object = ?3 AND relation = ?4";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![tenant.0, kind, object, relation], |row| row.get(0)).optional()?)
}

/// How many people the keys reach now. A single key has a counter; several keys are counted person by person.
pub fn audience_size(connection: &Connection, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64> {
    if keys.contains(&AudienceKey::Everyone) {
        let mut statement = connection.prepare_cached("SELECT person_count FROM tenant WHERE id = ?1")?;
        return Ok(statement.query_row([tenant.0], |row| row.get(0)).optional()?.unwrap_or_default());
    }
    if let [key @ AudienceKey::Role { .. }] = keys {
        let Some(key) = find(connection, tenant, key)? else { return Ok(0) };
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
                let Some(key) = find(connection, tenant, key)? else { continue };
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

/// A person as the subject of a relation.
pub fn subject(person: PersonId) -> String {
    format!("person:{}", person.0)
}
