//! Names that were stored before they had one form: brought into it when the schema is, person by person.
//!
//! Two people may have had names that are one now. The earlier keeps it, unless only the later one's was in this form before. The other
//! is called by it no more: an external id goes, a login gets a number behind it, which is logged.

use campanile_domain::{TenantId, names};
use rusqlite::{Connection, OptionalExtension, params};

use super::{fault::Result, people};

/// A person's names as they were.
struct Stored {
    id: i64,
    tenant: TenantId,
    login: String,
    name: String,
    email: Option<String>,
}

/// Brings every person's names into their form.
pub fn normalise(connection: &Connection) -> Result<()> {
    let mut after = 0;
    while let Some(person) = next(connection, after)? {
        after = person.id;
        one(connection, &person)?;
    }
    Ok(())
}

fn next(connection: &Connection, after: i64) -> Result<Option<Stored>> {
    let sql = "SELECT id, tenant, login, name, email FROM person WHERE id > ?1 ORDER BY id LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Stored { id: row.get(0)?, tenant: TenantId(row.get(1)?), login: row.get(2)?, name: row.get(3)?, email: row.get(4)? })
    };
    Ok(statement.query_row([after], read).optional()?)
}

fn one(connection: &Connection, person: &Stored) -> Result<()> {
    let before: Vec<String> = {
        let mut statement = connection.prepare_cached("SELECT name FROM handle WHERE person = ?1 ORDER BY name")?;
        statement.query_map([person.id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    let mut login = names::normalised(&person.login).into_owned();
    let own = names::compared(&login);
    let mut handles = std::collections::BTreeSet::new();
    for name in before {
        let compared = names::compared(&name);
        let other = holder(connection, person, &compared)?;
        if other.is_none() {
            handles.insert(compared);
        } else if compared == own {
            login = free(connection, person, &login)?;
            handles.insert(names::compared(&login));
            tracing::warn!(from = %person.login, to = %login, "a login is another person's in a different spelling; it was changed");
        } else {
            tracing::warn!(login = %login, id = %name, "an external id is another person's in a different spelling; it was removed");
        }
    }
    let (name, email) = (names::normalised(&person.name), person.email.as_deref().map(names::normalised));
    let folded = names::compared(&name);
    let sql = "UPDATE person SET login = ?2, name = ?3, folded_name = ?4, email = ?5 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![person.id, login, name, folded, email])?;
    people::rename(connection, person.tenant, person.id, &handles, &login, &name)
}

/// Another person who answers to a name in this form: one who was gone through before, or whose name had it all along.
fn holder(connection: &Connection, person: &Stored, name: &str) -> Result<Option<i64>> {
    let sql = "SELECT person FROM handle WHERE tenant = ?1 AND name = ?2 AND person != ?3";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![person.tenant.0, name, person.id], |row| row.get(0)).optional()?)
}

/// The login with the first number behind it that is nobody's.
fn free(connection: &Connection, person: &Stored, login: &str) -> Result<String> {
    let mut number = 2_u64;
    loop {
        let numbered = format!("{login}-{number}");
        if people::find(connection, person.tenant, &numbered)?.is_none() {
            return Ok(numbered);
        }
        number += 1;
    }
}
