//! Checks whether the credential that let a person in is still valid.

use campanile_domain::{
    Grant, PersonId, SecretHash, TenantId,
    model::{
        grant::{Listener, ListenerAccess},
        secret::SecretKind,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{columns::to_micros, error::Result, inbox::stream, person_lookup};

/// For each listener, the state of their stream, or `None` when they may not listen any more.
pub fn stream_states(connection: &Connection, listeners: &[Listener], now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>> {
    let state = |listener: &Listener| {
        let Listener { tenant, person, grant } = listener;
        let may_stay = person_lookup::is_enabled(connection, *person)? && is_valid(connection, *tenant, *person, grant, now)?;
        may_stay.then(|| stream::stream_state(connection, *tenant, *person)).transpose()
    };
    listeners.iter().map(state).collect()
}

/// Whether a grant is still valid for this person.
pub fn is_valid(connection: &Connection, tenant: TenantId, person: PersonId, grant: &Grant, now: DateTime<Utc>) -> Result<bool> {
    if grant.expires_at <= now {
        return Ok(false);
    }
    if grant.kind == SecretKind::Portal {
        let sql = "SELECT portal_secret FROM tenant WHERE id = ?1
                   UNION ALL SELECT former_portal_secret FROM tenant WHERE id = ?1 AND former_portal_until > ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let secrets = statement.query_map(params![tenant.0, to_micros(now)], |row| row.get::<_, String>(0))?;
        for secret in secrets {
            if SecretHash::of(&secret?) == grant.hash {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let sql = "SELECT 1 FROM token WHERE hash = ?1 AND kind = ?2 AND tenant = ?3 AND person = ?4 AND expires_at > ?5";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.exists(params![grant.hash.0, grant.kind.name(), tenant.0, person.0, to_micros(now)])?)
}
