//! The password hashes of people.

use campanile_domain::{Error, PersonId, SecretHash, StoreEvent, TenantId, model::secret::SecretKind};
use rusqlite::{Connection, OptionalExtension, params};

use super::{error::Result, person_lookup, write_transaction::WriteTransaction};

/// The password hash of a person.
pub fn password(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT password_hash FROM person WHERE id = ?1 AND tenant = ?2")?;
    Ok(statement.query_row(params![person.0, tenant.0], |row| row.get(0)).optional()?.flatten())
}

/// Sets a person's password and revokes all their tokens.
pub fn set_password(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, hash: &str) -> Result<()> {
    person_lookup::require_exists(writing.connection, tenant, person)?;
    writing.connection.prepare_cached("UPDATE person SET password_hash = ?2 WHERE id = ?1")?.execute(params![person.0, hash])?;
    writing.connection.prepare_cached("DELETE FROM token WHERE person = ?1")?.execute([person.0])?;
    writing.notify(StoreEvent::CredentialsChanged { tenant, person: Some(person) });
    Ok(())
}

/// Changes a person's password at their own request. It revokes all their tokens except the session that asks and
/// personal access tokens.
pub fn change_password(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    person: PersonId,
    former: &str,
    hash: &str,
    session: SecretHash,
) -> Result<()> {
    let connection = writing.connection;
    let sql = "UPDATE person SET password_hash = ?4 WHERE id = ?1 AND tenant = ?2 AND password_hash = ?3";
    if connection.prepare_cached(sql)?.execute(params![person.0, tenant.0, former, hash])? == 0 {
        return Err(Error::NotFound.into());
    }
    let sql = "DELETE FROM token WHERE person = ?1 AND kind != ?2 AND hash != ?3";
    connection.prepare_cached(sql)?.execute(params![person.0, SecretKind::PersonalToken.name(), session.0])?;
    writing.notify(StoreEvent::CredentialsChanged { tenant, person: Some(person) });
    Ok(())
}
