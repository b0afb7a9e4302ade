//! The preferences of a person, and whether they get mail.

use campanile_domain::{Error, PersonId, TenantId};
use campanile_shared::Preferences;
use rusqlite::{Connection, params};

use super::{columns, error::Result, write_transaction::WriteTransaction};

/// The preferences of a person.
pub fn preferences(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Preferences> {
    let mut statement = connection.prepare_cached("SELECT preferences FROM person WHERE id = ?1 AND tenant = ?2")?;
    let mut rows = statement.query(params![person.0, tenant.0])?;
    let row = rows.next()?.ok_or(Error::NotFound)?;
    columns::json(row, 0)
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
    let mail = columns::severity_bits(&preferences.mail);
    match statement.execute(params![person.0, tenant.0, serde_json::to_string(preferences)?, mail])? {
        0 => Err(Error::NotFound.into()),
        _ => Ok(()),
    }
}
