//! Audience keys: their rows, and how many people they reach.

use campanile_domain::{AudienceKey, Error, PersonId, TenantId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Result;

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

/// A person as the subject of a relation.
pub fn subject(person: PersonId) -> String {
    format!("person:{}", person.0)
}
