//! Disabling people: they cannot sign in and count in no audience.

use campanile_domain::{PersonId, StoreEvent, TenantId};
use chrono::{DateTime, Utc};
use rusqlite::params;

use super::{audience_keys::subject, columns::to_micros, error::Result, people, person_lookup, write_transaction::WriteTransaction};

/// Disables or enables a person; repeating it changes nothing. A disabled person counts in no audience.
pub fn set(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()> {
    let connection = writing.connection;
    person_lookup::require_exists(connection, tenant, person)?;
    let sql = "UPDATE person SET disabled_at = ?2 WHERE id = ?1 AND (disabled_at IS NULL) = ?3";
    if connection.prepare_cached(sql)?.execute(params![person.0, disabled.then(|| to_micros(now)), disabled])? == 0 {
        return Ok(());
    }
    people::adjust_counts(connection, tenant, &subject(person), if disabled { -1 } else { 1 })?;
    connection.prepare_cached("DELETE FROM token WHERE person = ?1")?.execute([person.0])?;
    writing.notify(StoreEvent::MembershipChanged { tenant, person });
    Ok(())
}
