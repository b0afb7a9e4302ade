//! The directory's tuples: begun, ended, found.

use campanile_domain::{
    AudienceKey, Committed, PersonId, TenantId,
    relations::{PERSON, Pattern, Put},
};
use campanile_shared::directory::Relation;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::{fault::Result, people, tenants, values::micros, writer::Writing};

/// A tuple as it is kept: people by place in the store.
pub struct Tuple {
    pub key: AudienceKey,
    pub subject: String,
    pub person: Option<PersonId>,
}

impl Tuple {
    /// Looks up the people a tuple names; `None` when one of them is unknown.
    pub fn find(connection: &Connection, tenant: TenantId, relation: &Relation) -> Result<Option<Self>> {
        let Some((object, _)) = place(connection, tenant, &relation.object)? else { return Ok(None) };
        let Some((subject, person)) = place(connection, tenant, &relation.subject)? else { return Ok(None) };
        Ok(Some(Self { key: AudienceKey::Role { object, relation: relation.relation.clone() }, subject, person }))
    }
}

/// An object or subject as it is kept.
fn place(connection: &Connection, tenant: TenantId, name: &str) -> Result<Option<(String, Option<PersonId>)>> {
    let Some(handle) = name.strip_prefix(PERSON) else { return Ok(Some((name.to_owned(), None))) };
    let person = people::find(connection, tenant, handle)?;
    Ok(person.map(|person| (format!("{PERSON}{}", person.0), Some(person))))
}

/// An object or subject as the directory's importers write it.
fn name(connection: &Connection, place: String) -> Result<String> {
    let Some(id) = place.strip_prefix(PERSON) else { return Ok(place) };
    let mut statement = connection.prepare_cached("SELECT login FROM person WHERE id = ?1")?;
    let login: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(login.map_or_else(|| place.clone(), |login| format!("{PERSON}{login}")))
}

/// Begins a relation, unless it holds already or the caller only asks.
pub fn begin(writing: &mut Writing<'_>, tenant: TenantId, tuple: &Tuple, dry: bool, now: DateTime<Utc>) -> Result<Put> {
    let connection = writing.connection;
    if let Some(row) = holding(connection, tenant, tuple)? {
        return Ok(Put::Unchanged(row));
    }
    if dry {
        return Ok(Put::Added(0));
    }
    let head = tenants::head(connection, tenant)?;
    let key = writing.known.key(connection, tenant, &tuple.key)?;
    let person = tuple.person.map(|person| person.0);
    let row = connection
        .prepare_cached("INSERT INTO relation (tenant, key, subject, person, since, since_sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .insert(params![tenant.0, key, tuple.subject, person, micros(now), head])?;
    if let Some(person) = tuple.person {
        if people::is_counted(connection, person)? {
            connection.prepare_cached("UPDATE audience_key SET holders = holders + 1 WHERE id = ?1")?.execute([key])?;
        }
        writing.tell(Committed::Moved { tenant, person });
    }
    Ok(Put::Added(row))
}

/// The row of a relation that holds.
pub fn holding(connection: &Connection, tenant: TenantId, tuple: &Tuple) -> Result<Option<i64>> {
    let Some(key) = super::keys::find(connection, tenant, &tuple.key)? else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT id FROM relation WHERE key = ?1 AND subject = ?2 AND until IS NULL")?;
    Ok(statement.query_row(params![key, tuple.subject], |row| row.get(0)).optional()?)
}

/// Ends relations that hold; returns how many.
pub fn end(writing: &mut Writing<'_>, tenant: TenantId, rows: &[i64], now: DateTime<Utc>) -> Result<u32> {
    let connection = writing.connection;
    let head = tenants::head(connection, tenant)?;
    let mut ended = 0;
    for row in rows {
        let sql =
            "UPDATE relation SET until = ?3, until_sequence = ?4 WHERE id = ?1 AND tenant = ?2 AND until IS NULL RETURNING key, person";
        let mut statement = connection.prepare_cached(sql)?;
        let found: Option<(i64, Option<i64>)> =
            statement.query_row(params![row, tenant.0, micros(now), head], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((key, person)) = found else { continue };
        ended += 1;
        if let Some(person) = person.map(PersonId) {
            if people::is_counted(connection, person)? {
                connection.prepare_cached("UPDATE audience_key SET holders = holders - 1 WHERE id = ?1")?.execute([key])?;
            }
            writing.tell(Committed::Moved { tenant, person });
        }
    }
    Ok(ended)
}

/// Relations that hold and fit a pattern, in the order of their rows.
pub fn find(connection: &Connection, tenant: TenantId, pattern: &Pattern, after: Option<i64>, limit: u32) -> Result<Vec<(i64, Relation)>> {
    let mut sql = String::from(
        "SELECT r.id, k.object, k.relation, r.subject FROM relation r JOIN audience_key k ON k.id = r.key
         WHERE r.until IS NULL AND r.id > :after",
    );
    // Whoever names a whole object means few relations: they are found by their key, everything else
    // in the order of the tenant's rows.
    let by_key = pattern.exact && pattern.object.is_some();
    sql += if by_key { " AND +r.tenant = :tenant" } else { " AND r.tenant = :tenant" };
    let after = after.unwrap_or_default();
    let mut values: Vec<(&str, Box<dyn ToSql>)> =
        vec![(":tenant", Box::new(tenant.0)), (":after", Box::new(after)), (":limit", Box::new(limit))];
    if let Some(object) = &pattern.object {
        let (object, relation) = match place(connection, tenant, object)? {
            Some((object, _)) => (object, pattern.relation.clone()),
            None if pattern.exact => return Ok(Vec::new()),
            None => (object.clone(), pattern.relation.clone()),
        };
        if pattern.exact {
            // By the key, of which there are one or a few.
            sql += " AND r.key IN (SELECT id FROM audience_key WHERE tenant = :tenant AND kind = 2 AND object = :object";
            if relation.is_some() {
                sql += " AND relation = :relation";
            }
            sql += ")";
        } else {
            sql += " AND k.object >= :object AND k.object < :end";
            values.push((":end", Box::new(format!("{object}\u{10FFFF}"))));
        }
        values.push((":object", Box::new(object)));
    }
    if let Some(relation) = &pattern.relation {
        sql += " AND k.relation = :relation";
        values.push((":relation", Box::new(relation.clone())));
    }
    if let Some(subject) = &pattern.subject {
        let Some((subject, _)) = place(connection, tenant, subject)? else { return Ok(Vec::new()) };
        sql += " AND r.subject = :subject";
        values.push((":subject", Box::new(subject)));
    }
    sql += " ORDER BY r.id LIMIT :limit";
    let mut statement = connection.prepare_cached(&sql)?;
    let values: Vec<(&str, &dyn ToSql)> = values.iter().map(|(name, value)| (*name, &**value)).collect();
    let mut rows = statement.query(&*values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let relation = Relation { object: name(connection, row.get(1)?)?, relation: row.get(2)?, subject: name(connection, row.get(3)?)? };
        found.push((row.get(0)?, relation));
    }
    Ok(found)
}

/// The names of the roles that people hold to objects whose names begin so.
pub fn role_names(connection: &Connection, tenant: TenantId, beginning: &str) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT relation FROM audience_key
               WHERE tenant = ?1 AND kind = 2 AND object >= ?2 AND object < ?3 AND holders > 0 ORDER BY relation";
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map(params![tenant.0, beginning, format!("{beginning}\u{10FFFF}")], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}
