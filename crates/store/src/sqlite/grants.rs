//! Checks whether the credential that let a person in is still valid.

use campanile_domain::{
    Grant, Person, PersonId, SecretHash, TenantId,
    model::{
        access::Actor,
        grant::{Listener, ListenerAccess},
        secret::SecretKind,
        token::Token,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    inbox, people, secrets,
    write_thread::WriteTransaction,
};

/// For each listener, the state of their stream, or `None` when they may not listen any more.
pub fn stream_states(connection: &Connection, listeners: &[Listener], now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>> {
    let state = |listener: &Listener| {
        let Listener { tenant, person, grant } = listener;
        let may_stay = people::is_enabled(connection, *person)? && is_valid(connection, *tenant, *person, grant, now)?;
        may_stay.then(|| inbox::stream_state(connection, *tenant, *person)).transpose()
    };
    listeners.iter().map(state).collect()
}

/// Whether a grant is still valid for this person.
fn is_valid(connection: &Connection, tenant: TenantId, person: PersonId, grant: &Grant, now: DateTime<Utc>) -> Result<bool> {
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

/// Stores a ticket with the grant of the person who requested it.
pub fn create_ticket(writing: &mut WriteTransaction<'_>, hash: SecretHash, pass: &Token, maker: &Grant) -> Result<()> {
    secrets::create_token(writing, hash, pass)?;
    let sql = "UPDATE token SET parent_kind = ?2, parent_hash = ?3, parent_until = ?4 WHERE hash = ?1";
    writing.connection.prepare_cached(sql)?.execute(params![hash.0, maker.kind.name(), maker.hash.0, to_micros(maker.expires_at)])?;
    Ok(())
}

/// Redeems a ticket: deletes it and returns its person and the grant it was requested with, if both are valid.
pub fn redeem_ticket(writing: &mut WriteTransaction<'_>, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>> {
    let Some(maker) = parent_grant(writing.connection, hash)? else { return Ok(None) };
    let Some(bearer) = secrets::redeem_token(writing, hash, SecretKind::StreamTicket, now)? else { return Ok(None) };
    let Actor::Person(person) = bearer.actor else { return Ok(None) };
    let good = is_valid(writing.connection, person.tenant, person.id, &maker, now)?;
    Ok(good.then_some((person, maker)))
}

fn parent_grant(connection: &Connection, ticket: SecretHash) -> Result<Option<Grant>> {
    let mut statement =
        connection.prepare_cached("SELECT parent_kind, parent_hash, parent_until FROM token WHERE hash = ?1 AND parent_hash NOT NULL")?;
    let mut rows = statement.query([ticket.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let name: String = row.get(0)?;
    let kind = [SecretKind::Session, SecretKind::PersonalToken, SecretKind::Portal].into_iter().find(|kind| kind.name() == name);
    let (hash, until) = (SecretHash(row.get(1)?), from_micros(row.get(2)?));
    Ok(kind.map(|kind| Grant { kind, hash, expires_at: until }))
}
