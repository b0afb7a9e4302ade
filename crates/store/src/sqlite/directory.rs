//! The directory as imports write it and exports read it.

use std::collections::BTreeSet;

use campanile_domain::{
    NewPerson, PersonId, TenantId,
    model::{listing::Listing, names, relation::PutResult},
};
use campanile_shared::{
    Language,
    directory::{ObjectRecord, PersonRecord, Record},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    error::Result,
    pagination::{paginate, paginate_sized},
    people, person_lookup,
    relations::{self, Tuple},
    write_transaction::WriteTransaction,
};

/// Writes records: adds or changes people and objects, and starts relations.
pub fn write_records(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    records: &[Record],
    dry: bool,
    now: DateTime<Utc>,
) -> Result<Vec<PutResult>> {
    let mut done = Vec::with_capacity(records.len());
    for record in records {
        done.push(match record {
            Record::Person(person) => put_person(writing, tenant, person, dry, now)?,
            Record::Object(object) => put_object(writing.connection, tenant, object, dry)?,
            Record::Relation(relation) => match Tuple::find(writing.connection, tenant, relation)? {
                Some(tuple) => relations::start(writing, tenant, &tuple, dry, now)?,
                None if dry && is_added_in_batch(relation, records) => PutResult::Added(0),
                None => PutResult::Unknown,
            },
        });
    }
    Ok(done)
}

/// Whether the people of a relation are among the records. A dry run adds no one, so they cannot be found in
/// the table.
fn is_added_in_batch(relation: &campanile_shared::directory::Relation, records: &[Record]) -> bool {
    let named = |place: &str| {
        place.strip_prefix(campanile_domain::model::relation::PERSON_PREFIX).is_none_or(|name| {
            let name = names::comparison_form(name);
            records.iter().any(|record| match record {
                Record::Person(person) => person.external_ids.iter().chain([&person.login]).any(|own| names::comparison_form(own) == name),
                _ => false,
            })
        })
    };
    named(&relation.object) && named(&relation.subject)
}

fn put_person(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    record: &PersonRecord,
    dry: bool,
    now: DateTime<Utc>,
) -> Result<PutResult> {
    let connection = writing.connection;
    let record = &names::normalised_record(record);
    let name = record.name.clone().unwrap_or_else(|| record.login.clone());
    let Some(person) = person_lookup::find(connection, tenant, &record.login)? else {
        let taken = record.external_ids.iter().map(|id| person_lookup::find(connection, tenant, id)).collect::<Result<Vec<_>>>()?;
        if taken.iter().any(Option::is_some) {
            return Ok(PutResult::Taken);
        }
        if !dry {
            let new = NewPerson {
                login: record.login.clone(),
                name,
                email: record.email.clone(),
                languages: record.languages.clone(),
                external_ids: record.external_ids.clone(),
                administrator: false,
            };
            people::create(writing, tenant, &new, now)?;
        }
        return Ok(PutResult::Added(0));
    };
    let known = person_record(connection, tenant, person)?;
    // The name must be this person's login, and not an external id of theirs.
    if names::comparison_form(&known.login) != names::comparison_form(&record.login) {
        return Ok(PutResult::Taken);
    }
    let wanted = PersonRecord {
        login: known.login.clone(),
        name: Some(name),
        external_ids: record.external_ids.iter().map(|id| names::comparison_form(id)).collect::<BTreeSet<_>>().into_iter().collect(),
        ..record.clone()
    };
    if wanted == known {
        return Ok(PutResult::Unchanged(0));
    }
    for id in &wanted.external_ids {
        if person_lookup::find(connection, tenant, id)?.is_some_and(|other| other != person) {
            return Ok(PutResult::Taken);
        }
    }
    if !dry {
        people::change(connection, tenant, person, &wanted)?;
    }
    Ok(PutResult::Changed)
}

/// The record of a person, with external ids in lower case and in alphabetical order.
pub fn person_record(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<PersonRecord> {
    let mut statement = connection.prepare_cached("SELECT login, name, email, languages FROM person WHERE id = ?1 AND tenant = ?2")?;
    let (login, name, email, languages): (String, String, Option<String>, String) =
        statement.query_row(params![person.0, tenant.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let languages: Vec<Language> = serde_json::from_str(&languages)?;
    let mut statement = connection.prepare_cached("SELECT name FROM login_name WHERE person = ?1 AND name != ?2 ORDER BY name")?;
    let external_ids = statement.query_map(params![person.0, names::comparison_form(&login)], |row| row.get(0))?;
    let external_ids = external_ids.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(PersonRecord { login, name: Some(name), email, languages, external_ids })
}

/// A page of people, in the order of their ids.
pub fn person_records(
    connection: &Connection,
    tenant: TenantId,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Listing<PersonRecord, PersonId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM person WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3")?;
    let rows = statement.query(params![tenant.0, after.map_or(0, |after| after.0), u64::from(limit) + 1])?;
    paginate_sized(rows, limit, |row| {
        let id = PersonId(row.get(0)?);
        let record = person_record(connection, tenant, id)?;
        let bytes = record_bytes(&record);
        Ok((id, record, bytes))
    })
}

/// The approximate size of a person's record in bytes.
pub fn record_bytes(record: &PersonRecord) -> usize {
    let texts = record.external_ids.iter().chain(&record.name).chain(&record.email);
    texts.map(String::len).sum::<usize>() + record.login.len() + record.languages.len() * 8
}

fn put_object(connection: &Connection, tenant: TenantId, record: &ObjectRecord, dry: bool) -> Result<PutResult> {
    let name = names::normalised(&record.name);
    let mut statement = connection.prepare_cached("SELECT name FROM object WHERE tenant = ?1 AND object = ?2")?;
    let known: Option<String> = statement.query_row(params![tenant.0, record.object], |row| row.get(0)).optional()?;
    if known.as_deref() == Some(&*name) {
        return Ok(PutResult::Unchanged(0));
    }
    if !dry {
        let sql = "INSERT OR REPLACE INTO object (tenant, object, name) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![tenant.0, record.object, name])?;
    }
    Ok(if known.is_some() { PutResult::Changed } else { PutResult::Added(0) })
}

/// A page of the named objects that begin with a text.
pub fn objects(
    connection: &Connection,
    tenant: TenantId,
    beginning: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Listing<ObjectRecord, String>> {
    let sql = "SELECT object, name FROM object WHERE tenant = ?1 AND object >= ?2 AND object < ?3 AND object > ?4 ORDER BY object LIMIT ?5";
    let mut statement = connection.prepare_cached(sql)?;
    let end = format!("{beginning}\u{10FFFF}");
    let rows = statement.query(params![tenant.0, beginning, end, after.unwrap_or_default(), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| Ok((row.get(0)?, ObjectRecord { object: row.get(0)?, name: row.get(1)? })))
}
