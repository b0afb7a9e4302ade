//! Relations of the directory: starts, ends and finds them.

use std::collections::BTreeSet;

use campanile_domain::{
    AudienceKey, PersonId, StoreEvent, TenantId,
    model::{
        listing::Listing,
        relation::{PERSON_PREFIX, PutResult, RelationPattern},
    },
};
use campanile_shared::directory::Relation;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    columns::to_micros, error::Result, page_budget::PageBudget, pagination::row_bytes, person_lookup, read_pool::Reader, tenants,
    write_transaction::WriteTransaction,
};

/// A relation as it is stored, with people by id.
pub struct Tuple {
    pub key: AudienceKey,
    pub subject: String,
    pub person: Option<PersonId>,
}

impl Tuple {
    /// Looks up the people of a relation; `None` when one of them is unknown.
    pub fn find(connection: &Connection, tenant: TenantId, relation: &Relation) -> Result<Option<Self>> {
        let Some((object, _)) = stored_name(connection, tenant, &relation.object)? else { return Ok(None) };
        let Some((subject, person)) = stored_name(connection, tenant, &relation.subject)? else { return Ok(None) };
        Ok(Some(Self { key: AudienceKey::Role { object, relation: relation.relation.clone() }, subject, person }))
    }
}

/// The stored form of an object or subject.
fn stored_name(connection: &Connection, tenant: TenantId, name: &str) -> Result<Option<(String, Option<PersonId>)>> {
    let Some(handle) = name.strip_prefix(PERSON_PREFIX) else { return Ok(Some((name.to_owned(), None))) };
    let person = person_lookup::find(connection, tenant, handle)?;
    Ok(person.map(|person| (format!("{PERSON_PREFIX}{}", person.0), Some(person))))
}

/// An object or subject as imports write it.
fn directory_name(connection: &Connection, place: String) -> Result<String> {
    let Some(id) = place.strip_prefix(PERSON_PREFIX) else { return Ok(place) };
    let mut statement = connection.prepare_cached("SELECT login FROM person WHERE id = ?1")?;
    let login: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(login.map_or_else(|| place.clone(), |login| format!("{PERSON_PREFIX}{login}")))
}

/// Starts a relation, unless it holds already. A dry run writes nothing.
pub fn start(writing: &mut WriteTransaction<'_>, tenant: TenantId, tuple: &Tuple, dry: bool, now: DateTime<Utc>) -> Result<PutResult> {
    let connection = writing.connection;
    if let Some(row) = find_current(connection, tenant, tuple)? {
        return Ok(PutResult::Unchanged(row));
    }
    if dry {
        return Ok(PutResult::Added(0));
    }
    let head = tenants::head(connection, tenant)?;
    let key = writing.key_cache.key(connection, tenant, &tuple.key)?;
    let person = tuple.person.map(|person| person.0);
    let row = connection
        .prepare_cached("INSERT INTO relation (tenant, key, subject, person, since, since_sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .insert(params![tenant.0, key, tuple.subject, person, to_micros(now), head])?;
    if let Some(person) = tuple.person {
        if person_lookup::is_enabled(connection, person)? {
            connection.prepare_cached("UPDATE audience_key SET holder_count = holder_count + 1 WHERE id = ?1")?.execute([key])?;
        }
        writing.notify(StoreEvent::MembershipChanged { tenant, person });
    }
    Ok(PutResult::Added(row))
}

/// The row of a relation that holds.
pub fn find_current(connection: &Connection, tenant: TenantId, tuple: &Tuple) -> Result<Option<i64>> {
    let Some(key) = super::audience_keys::find(connection, tenant, &tuple.key)? else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT id FROM relation WHERE key = ?1 AND subject = ?2 AND until IS NULL")?;
    Ok(statement.query_row(params![key, tuple.subject], |row| row.get(0)).optional()?)
}

/// Ends relations that hold; returns how many.
pub fn end(writing: &mut WriteTransaction<'_>, tenant: TenantId, rows: &[i64], now: DateTime<Utc>) -> Result<u32> {
    let connection = writing.connection;
    let head = tenants::head(connection, tenant)?;
    let mut ended = 0;
    for row in rows {
        let sql =
            "UPDATE relation SET until = ?3, until_sequence = ?4 WHERE id = ?1 AND tenant = ?2 AND until IS NULL RETURNING key, person";
        let mut statement = connection.prepare_cached(sql)?;
        let found: Option<(i64, Option<i64>)> =
            statement.query_row(params![row, tenant.0, to_micros(now), head], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((key, person)) = found else { continue };
        ended += 1;
        if let Some(person) = person.map(PersonId) {
            if person_lookup::is_enabled(connection, person)? {
                connection.prepare_cached("UPDATE audience_key SET holder_count = holder_count - 1 WHERE id = ?1")?.execute([key])?;
            }
            writing.notify(StoreEvent::MembershipChanged { tenant, person });
        }
    }
    Ok(ended)
}

/// Relations that hold and match a pattern, in the order of their rows. For an exact object or a subject an
/// index finds them; otherwise all rows of the tenant are read.
pub fn find(
    reader: &Reader,
    tenant: TenantId,
    pattern: &RelationPattern,
    after: Option<i64>,
    limit: u32,
) -> Result<Listing<(i64, Relation), i64>> {
    let nothing = || Ok(Listing { items: Vec::new(), next: None });
    let object = match &pattern.object {
        None => None,
        Some(object) => match stored_name(reader, tenant, object)? {
            Some((object, _)) => Some(object),
            None if pattern.exact => return nothing(),
            None => Some(object.clone()),
        },
    };
    let subject = match &pattern.subject {
        None => None,
        Some(subject) => match stored_name(reader, tenant, subject)? {
            Some((subject, _)) => Some(subject),
            None => return nothing(),
        },
    };
    let exact = object.as_ref().filter(|_| pattern.exact);
    let among = match (exact, &subject) {
        (Some(_), None) => HAS_OBJECT,
        (Some(_), Some(_)) => HAS_BOTH,
        (None, Some(_)) => HAS_SUBJECT,
        (None, None) => "r.tenant = ?1 AND ?3 IS NULL AND ?4 IS NULL",
    };
    let sql = format!(
        "SELECT r.id, k.object, k.relation, r.subject FROM relation r JOIN audience_key k ON k.id = r.key
         WHERE r.until IS NULL AND r.id > ?2 AND {among} ORDER BY r.id"
    );
    let beginning = object.as_deref().filter(|_| !pattern.exact).unwrap_or_default();
    let fits = |row: &Row<'_>| -> Result<bool> {
        let text = |column: usize| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        Ok(text(1)?.starts_with(beginning) && pattern.relation.as_deref().is_none_or(|relation| text(2).is_ok_and(|said| said == relation)))
    };
    let deadline = reader.timeout.take_deadline();
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, after.unwrap_or_default(), exact, subject])?;
    let (mut items, mut budget, mut looked_at) = (Vec::new(), PageBudget::page(), None);
    while let Some(row) = rows.next()? {
        if fits(row)? {
            if items.len() >= limit as usize || !budget.take(row_bytes(row)) {
                return Ok(Listing { items, next: looked_at });
            }
            let relation = Relation {
                object: directory_name(reader, row.get(1)?)?,
                relation: row.get(2)?,
                subject: directory_name(reader, row.get(3)?)?,
            };
            items.push((row.get(0)?, relation));
        }
        looked_at = Some(row.get(0)?);
        if deadline.is_past() {
            return Ok(Listing { items, next: looked_at });
        }
    }
    Ok(Listing { items, next: None })
}

/// Conditions on `relation r` of the tenant `?1`: the object is `?3`, the subject `?4`.
const HAS_OBJECT: &str = "r.key IN (SELECT id FROM audience_key WHERE tenant = ?1 AND kind = 2 AND object = ?3) AND ?4 IS NULL";
const HAS_SUBJECT: &str = "r.tenant = ?1 AND r.subject = ?4 AND ?3 IS NULL";
const HAS_BOTH: &str = "r.key IN (SELECT id FROM audience_key WHERE tenant = ?1 AND kind = 2 AND object = ?3) AND r.subject = ?4";

/// The names of the roles that people hold to objects with this prefix, as far as they are found within the
/// time limit.
pub fn role_names(reader: &Reader, tenant: TenantId, beginning: &str) -> Result<Vec<String>> {
    let sql = "SELECT relation FROM audience_key WHERE tenant = ?1 AND kind = 2 AND object >= ?2 AND object < ?3 AND holder_count > 0";
    let deadline = reader.timeout.take_deadline();
    let mut statement = reader.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, beginning, format!("{beginning}\u{10FFFF}")])?;
    let mut names = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        if !names.contains(name) {
            names.insert(name.to_owned());
        }
        if deadline.is_past() {
            break;
        }
    }
    Ok(names.into_iter().collect())
}
