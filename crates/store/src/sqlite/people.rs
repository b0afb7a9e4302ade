//! People: adds, changes and removes them, and the relations they hold.

use std::collections::BTreeSet;

use campanile_domain::{
    AudienceKey, Error, NewPerson, Person, PersonId, StoreEvent, TenantId, TenantSettings,
    model::{audience_key::ADMINISTRATOR_ROLE, names},
};
use campanile_shared::directory::PersonRecord;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    audience_keys::{self, subject},
    columns::{self, to_micros},
    error::Result,
    person_columns, person_lookup,
    relations::{self, Tuple},
    tenants,
    write_transaction::WriteTransaction,
};

/// Adds a person.
pub fn create(writing: &mut WriteTransaction<'_>, tenant: TenantId, new: &NewPerson, now: DateTime<Utc>) -> Result<PersonId> {
    let connection = writing.connection;
    let head = tenants::head(connection, tenant)?;
    let new = &new.clone().normalised();
    let handles: BTreeSet<String> = new.external_ids.iter().chain([&new.login]).map(|name| names::comparison_form(name)).collect();
    for name in &handles {
        if person_lookup::find(connection, tenant, name)?.is_some() {
            return Err(Error::AlreadyExists.into());
        }
    }
    let folded = names::comparison_form(&new.name);
    let person = connection
        .prepare_cached(
            "INSERT INTO person (tenant, login, name, folded_name, email, languages, created_at, since_sequence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .insert(params![tenant.0, new.login, new.name, folded, new.email, serde_json::to_string(&new.languages)?, to_micros(now), head])?;
    person_lookup::index_names(connection, tenant, person, &handles, &new.login, &new.name)?;
    connection.prepare_cached("UPDATE tenant SET person_count = person_count + 1 WHERE id = ?1")?.execute([tenant.0])?;
    let person = PersonId(person);
    if new.administrator {
        set_relation(writing, tenant, person, ADMINISTRATOR_ROLE.0, ADMINISTRATOR_ROLE.1, true, now)?;
    }
    Ok(person)
}

/// A person who is not disabled, by id.
pub fn by_id(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Option<Person>> {
    let sql = "SELECT p.login, p.name, p.email, p.languages, t.name, t.settings, p.preferences ->> '$.language'
               FROM person p JOIN tenant t ON t.id = p.tenant WHERE p.id = ?1 AND p.tenant = ?2 AND p.disabled_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![person.0, tenant.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let settings: TenantSettings = columns::json(row, 5)?;
    Ok(Some(Person {
        tenant,
        tenant_name: row.get(4)?,
        id: person,
        login: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        languages: person_columns::reading_languages(row, (6, 3), settings.language)?,
        administrator: holds_key(connection, tenant, person, &AudienceKey::administrators())?,
    }))
}

/// Whether a person holds a key now.
pub fn holds_key(connection: &Connection, tenant: TenantId, person: PersonId, key: &AudienceKey) -> Result<bool> {
    let Some(key) = audience_keys::find(connection, tenant, key)? else { return Ok(false) };
    let mut statement = connection.prepare_cached("SELECT 1 FROM relation WHERE key = ?1 AND subject = ?2 AND until IS NULL")?;
    Ok(statement.exists(params![key, subject(person)])?)
}

/// Removes a person and everything that belongs to them.
pub fn remove(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId) -> Result<()> {
    let connection = writing.connection;
    let subject = subject(person);
    person_lookup::require_exists(connection, tenant, person)?;
    if person_lookup::is_enabled(connection, person)? {
        adjust_counts(connection, tenant, &subject, -1)?;
    }
    connection.prepare_cached("DELETE FROM relation WHERE tenant = ?1 AND subject = ?2")?.execute(params![tenant.0, subject])?;
    // Foreign keys delete the inbox, names and tokens.
    connection.prepare_cached("DELETE FROM person WHERE id = ?1")?.execute([person.0])?;
    writing.notify(StoreEvent::MembershipChanged { tenant, person });
    Ok(())
}

/// Adds a person to the counts of the tenant and of every key they hold (1), or removes them (-1).
pub fn adjust_counts(connection: &Connection, tenant: TenantId, subject: &str, by: i8) -> Result<()> {
    let sql = "UPDATE audience_key SET holder_count = holder_count + ?3
               WHERE id IN (SELECT key FROM relation WHERE tenant = ?1 AND subject = ?2 AND until IS NULL)";
    connection.prepare_cached(sql)?.execute(params![tenant.0, subject, by])?;
    connection.prepare_cached("UPDATE tenant SET person_count = person_count + ?2 WHERE id = ?1")?.execute(params![tenant.0, by])?;
    Ok(())
}

/// Starts or ends a relation of a person. It applies to notifications sent from now on.
pub fn set_relation(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    person: PersonId,
    object: &str,
    relation: &str,
    holds: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let connection = writing.connection;
    person_lookup::require_exists(connection, tenant, person)?;
    let name = AudienceKey::Role { object: object.to_owned(), relation: relation.to_owned() };
    let tuple = Tuple { key: name, subject: subject(person), person: Some(person) };
    if holds {
        relations::start(writing, tenant, &tuple, false, now)?;
    } else if let Some(row) = relations::find_current(connection, tenant, &tuple)? {
        relations::end(writing, tenant, &[row], now)?;
    }
    Ok(())
}

/// Changes a person to match a record.
pub fn change(connection: &Connection, tenant: TenantId, person: PersonId, record: &PersonRecord) -> Result<()> {
    let name = record.name.as_deref().unwrap_or(&record.login);
    let folded = names::comparison_form(name);
    connection
        .prepare_cached("UPDATE person SET name = ?3, folded_name = ?4, email = ?5, languages = ?6 WHERE id = ?1 AND tenant = ?2")?
        .execute(params![person.0, tenant.0, name, folded, record.email, serde_json::to_string(&record.languages)?])?;
    let handles = record.external_ids.iter().chain([&record.login]).map(|name| names::comparison_form(name)).collect();
    person_lookup::rename(connection, tenant, person.0, &handles, &record.login, name)
}
