//! People, the names they are found by, and their preferences.

use std::collections::BTreeSet;

use campanile_domain::{
    AudienceKey, Error, NewPerson, Person, PersonId, StoreEvent, TenantId, TenantSettings,
    model::{audience_key::ADMINISTRATOR_ROLE, names},
};
use campanile_shared::{Language, Person as Profile, Preferences, directory::PersonRecord};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    audience_keys::{self, subject},
    columns::to_micros,
    deliveries,
    error::Result,
    pagination::paginate,
    relations::{self, Tuple},
    tenants,
    write_thread::WriteTransaction,
};
use crate::tokenizer::folding;

/// How many people are looked at to find the first few by name.
pub const MAX_CANDIDATES: u32 = 1_000;

/// Adds a person.
pub fn create(writing: &mut WriteTransaction<'_>, tenant: TenantId, new: &NewPerson, now: DateTime<Utc>) -> Result<PersonId> {
    let connection = writing.connection;
    let head = tenants::head(connection, tenant)?;
    let new = &new.clone().normalised();
    let handles: BTreeSet<String> = new.external_ids.iter().chain([&new.login]).map(|name| names::comparison_form(name)).collect();
    for name in &handles {
        if find(connection, tenant, name)?.is_some() {
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
    index_names(connection, tenant, person, &handles, &new.login, &new.name)?;
    connection.prepare_cached("UPDATE tenant SET person_count = person_count + 1 WHERE id = ?1")?.execute([tenant.0])?;
    let person = PersonId(person);
    if new.administrator {
        set_relation(writing, tenant, person, ADMINISTRATOR_ROLE.0, ADMINISTRATOR_ROLE.1, true, now)?;
    }
    Ok(person)
}

/// The folded login, and the folded name from each of its words on.
fn name_prefixes<'a>(login: &'a str, name: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([login]);
    let mut in_word = false;
    for (at, c) in name.char_indices() {
        if c.is_alphanumeric() && !in_word {
            found.insert(&name[at..]);
        }
        in_word = c.is_alphanumeric();
    }
    found
}

/// Finds the person with a login or an external id.
pub fn find(connection: &Connection, tenant: TenantId, name: &str) -> Result<Option<PersonId>> {
    let mut statement = connection.prepare_cached("SELECT person FROM login_name WHERE tenant = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![tenant.0, names::comparison_form(name)], |row| row.get(0).map(PersonId)).optional()?)
}

/// A person who is not disabled, by id.
pub fn by_id(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Option<Person>> {
    let sql = "SELECT p.login, p.name, p.email, p.languages, t.name, t.settings, p.preferences ->> '$.language'
               FROM person p JOIN tenant t ON t.id = p.tenant WHERE p.id = ?1 AND p.tenant = ?2 AND p.disabled_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![person.0, tenant.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let settings: TenantSettings = serde_json::from_str(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?;
    Ok(Some(Person {
        tenant,
        tenant_name: row.get(4)?,
        id: person,
        login: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        languages: reading_languages(row, (6, 3), settings.language)?,
        administrator: holds_key(connection, tenant, person, &AudienceKey::administrators())?,
    }))
}

/// The languages a person reads, the preferred first: the one they chose, those of the directory, and the
/// tenant's. The two column indexes are given in this order.
pub fn reading_languages(row: &Row<'_>, (chosen, known): (usize, usize), tenants: Language) -> Result<Vec<Language>> {
    let chosen: Option<String> = row.get(chosen)?;
    let mut all: Vec<Language> = chosen.and_then(|chosen| chosen.parse().ok()).into_iter().collect();
    all.extend(languages(row, known)?);
    all.push(tenants);
    Ok(all)
}

fn languages(row: &Row<'_>, column: usize) -> Result<Vec<Language>> {
    Ok(serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// Whether a person holds a key now.
pub fn holds_key(connection: &Connection, tenant: TenantId, person: PersonId, key: &AudienceKey) -> Result<bool> {
    let Some(key) = audience_keys::find(connection, tenant, key)? else { return Ok(false) };
    let mut statement = connection.prepare_cached("SELECT 1 FROM relation WHERE key = ?1 AND subject = ?2 AND until IS NULL")?;
    Ok(statement.exists(params![key, subject(person)])?)
}

/// A condition on `person`: the login or a part of the name begins with `?2` and so lies before `?3`, which is
/// [`prefix_end`] of `?2`. At most `?4` people, in no order, when more match.
pub const MATCHES_PREFIX: &str = "id IN (SELECT person FROM name_prefix WHERE tenant = ?1 AND text >= ?2 AND text < ?3 LIMIT ?4)";

/// The end of the range of texts that begin with this one.
pub fn prefix_end(beginning: &str) -> String {
    format!("{beginning}\u{10FFFF}")
}

/// People who are not disabled and whose login or a part of whose name begins with a text, by name. When
/// thousands match, only some of them are sorted.
pub fn list(connection: &Connection, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>> {
    let beginning = folding::fold(beginning.trim());
    let among = if beginning.is_empty() { "?2 = ?2 AND ?3 = ?3 AND ?4 = ?4" } else { MATCHES_PREFIX };
    let sql = format!(
        "SELECT login, name, email, languages FROM person WHERE tenant = ?1 AND {among} AND disabled_at IS NULL
         ORDER BY folded_name, id LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![tenant.0, beginning, prefix_end(&beginning), MAX_CANDIDATES, u64::from(limit) + 1])?;
    Ok(paginate(rows, limit, |row| profile(row, 0).map(|person| ((), person)))?.items)
}

/// Removes a person and everything that belongs to them.
pub fn remove(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId) -> Result<()> {
    let connection = writing.connection;
    let subject = subject(person);
    require_exists(connection, tenant, person)?;
    if is_enabled(connection, person)? {
        adjust_counts(connection, tenant, &subject, -1)?;
    }
    connection.prepare_cached("DELETE FROM relation WHERE tenant = ?1 AND subject = ?2")?.execute(params![tenant.0, subject])?;
    // Foreign keys delete the inbox, names and tokens.
    connection.prepare_cached("DELETE FROM person WHERE id = ?1")?.execute([person.0])?;
    writing.notify(StoreEvent::MembershipChanged { tenant, person });
    Ok(())
}

/// Whether a person counts in audiences, that is, whether they are not disabled.
pub fn is_enabled(connection: &Connection, person: PersonId) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND disabled_at IS NULL")?;
    Ok(statement.exists([person.0])?)
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
    require_exists(connection, tenant, person)?;
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
    rename(connection, tenant, person.0, &handles, &record.login, name)
}

/// Replaces the names that a person is found by.
fn rename(connection: &Connection, tenant: TenantId, person: i64, handles: &BTreeSet<String>, login: &str, name: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM login_name WHERE person = ?1")?.execute([person])?;
    connection.prepare_cached("DELETE FROM name_prefix WHERE person = ?1")?.execute([person])?;
    index_names(connection, tenant, person, handles, login, name)
}

/// Inserts the names that a person is found by. The prefixes are folded as in the search index.
fn index_names(connection: &Connection, tenant: TenantId, person: i64, handles: &BTreeSet<String>, login: &str, name: &str) -> Result<()> {
    let mut handle = connection.prepare_cached("INSERT INTO login_name (tenant, name, person) VALUES (?1, ?2, ?3)")?;
    for name in handles {
        handle.execute(params![tenant.0, name, person])?;
    }
    let mut beginning = connection.prepare_cached("INSERT INTO name_prefix (tenant, text, person) VALUES (?1, ?2, ?3)")?;
    for text in name_prefixes(&folding::fold(login), &folding::fold(name)) {
        beginning.execute(params![tenant.0, text, person])?;
    }
    Ok(())
}

/// The columns that [`profile`] reads, of `person p`.
pub const PROFILE_COLUMNS: &str = "p.login, p.name, p.email, p.languages";

/// Reads a person as other people see them.
pub fn profile(row: &Row<'_>, first: usize) -> Result<Profile> {
    Ok(Profile { login: row.get(first)?, name: row.get(first + 1)?, email: row.get(first + 2)?, languages: languages(row, first + 3)? })
}

/// The preferences of a person.
pub fn preferences(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Preferences> {
    let mut statement = connection.prepare_cached("SELECT preferences FROM person WHERE id = ?1 AND tenant = ?2")?;
    let mut rows = statement.query(params![person.0, tenant.0])?;
    let row = rows.next()?.ok_or(Error::NotFound)?;
    Ok(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// Ends all mail to a person.
pub fn end_mail(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId) -> Result<()> {
    let preferences = Preferences { mail: Vec::new(), ..preferences(writing.connection, tenant, person)? };
    set_preferences(writing, tenant, person, &preferences)?;
    writing.connection.prepare_cached("UPDATE person SET unsubscribed = 1 WHERE id = ?1")?.execute([person.0])?;
    Ok(())
}

/// Stores preferences. A person who chooses mail gets mail again, even after they ended it.
pub fn set_preferences(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()> {
    let sql = "UPDATE person SET preferences = ?3, mail_severities = ?4, unsubscribed = unsubscribed AND ?4 = 0
               WHERE id = ?1 AND tenant = ?2";
    let mut statement = writing.connection.prepare_cached(sql)?;
    let mail = deliveries::severity_bits(&preferences.mail);
    match statement.execute(params![person.0, tenant.0, serde_json::to_string(preferences)?, mail])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}

/// [`Error::NotFound`] unless the tenant has this person.
pub fn require_exists(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND tenant = ?2")?;
    if statement.exists(params![person.0, tenant.0])? { Ok(()) } else { Err(Error::NotFound.into()) }
}
