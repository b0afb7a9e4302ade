//! The names that people are found by: logins, external ids and prefixes of names. It writes them and looks people
//! up by them.

use std::collections::BTreeSet;

use campanile_domain::{Error, PersonId, TenantId, model::names};
use campanile_shared::Person as Profile;
use rusqlite::{Connection, OptionalExtension, params};

use super::{error::Result, pagination::paginate, person_columns};
use crate::tokenizer::folding;

/// How many people are looked at to find the first few by name.
pub const MAX_CANDIDATES: u32 = 1_000;

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

/// Finds the first of these names that someone has.
pub fn find_first(connection: &Connection, tenant: TenantId, names: Vec<String>) -> Result<Option<(String, PersonId)>> {
    for name in names {
        if let Some(person) = find(connection, tenant, &name)? {
            return Ok(Some((name, person)));
        }
    }
    Ok(None)
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
    Ok(paginate(rows, limit, |row| person_columns::profile(row, 0).map(|person| ((), person)))?.items)
}

/// Whether a person counts in audiences, that is, whether they are not disabled.
pub fn is_enabled(connection: &Connection, person: PersonId) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND disabled_at IS NULL")?;
    Ok(statement.exists([person.0])?)
}

/// Replaces the names that a person is found by.
pub fn rename(connection: &Connection, tenant: TenantId, person: i64, handles: &BTreeSet<String>, login: &str, name: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM login_name WHERE person = ?1")?.execute([person])?;
    connection.prepare_cached("DELETE FROM name_prefix WHERE person = ?1")?.execute([person])?;
    index_names(connection, tenant, person, handles, login, name)
}

/// Inserts the names that a person is found by. The prefixes are folded as in the search index.
pub fn index_names(
    connection: &Connection,
    tenant: TenantId,
    person: i64,
    handles: &BTreeSet<String>,
    login: &str,
    name: &str,
) -> Result<()> {
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

/// [`Error::NotFound`] unless the tenant has this person.
pub fn require_exists(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND tenant = ?2")?;
    if statement.exists(params![person.0, tenant.0])? { Ok(()) } else { Err(Error::NotFound.into()) }
}
