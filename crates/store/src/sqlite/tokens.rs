//! Tokens of people and of API keys, stored as hashes only: sessions, personal access tokens and the like.

use campanile_domain::{
    Error, PersonId, SecretHash, StoreEvent, TenantId,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{Token, TokenHolder, TokenSubject},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    api_keys,
    columns::{from_micros, to_micros},
    error::Result,
    known_browsers, people,
    write_transaction::WriteTransaction,
};

/// Stores a token for a person who is not disabled or a key that is not revoked.
pub fn create_token(writing: &mut WriteTransaction<'_>, hash: SecretHash, pass: &Token) -> Result<()> {
    let connection = writing.connection;
    let (sql, subject) = match pass.subject {
        TokenSubject::Person(person) => ("SELECT 1 FROM person WHERE id = ?1 AND tenant = ?2 AND disabled_at IS NULL", person.0),
        TokenSubject::Key(key) => ("SELECT 1 FROM api_key WHERE id = ?1 AND tenant = ?2 AND revoked_at IS NULL", key.0),
    };
    if !connection.prepare_cached(sql)?.exists(params![subject, pass.tenant.0])? {
        return Err(Error::Unauthenticated.into());
    }
    let (person, key) = match pass.subject {
        TokenSubject::Person(person) => (Some(person.0), None),
        TokenSubject::Key(key) => (None, Some(key.0)),
    };
    let sql = "INSERT INTO token (hash, kind, tenant, person, api_key, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![hash.0, pass.kind.name(), pass.tenant.0, person, key, to_micros(pass.expires_at)])?;
    if let (SecretKind::KnownBrowser, TokenSubject::Person(person)) = (pass.kind, pass.subject) {
        known_browsers::keep_newest(connection, person)?;
    }
    Ok(())
}

/// Finds the holder of a valid token.
pub fn find_token(connection: &Connection, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>> {
    let sql = "SELECT tenant, person, api_key, expires_at FROM token WHERE hash = ?1 AND kind = ?2 AND expires_at > ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![hash.0, kind.name(), to_micros(now)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let tenant = TenantId(row.get(0)?);
    let actor = match (row.get(1)?, row.get::<_, Option<i64>>(2)?) {
        (Some(person), _) => people::by_id(connection, tenant, PersonId(person))?.map(Actor::Person),
        (None, Some(key)) => {
            let sender = api_keys::find_sender(connection, "k.id = ?1", key)?;
            sender.filter(|sender| sender.tenant == tenant).map(Actor::Sender)
        }
        (None, None) => None,
    };
    let expires_at = from_micros(row.get(3)?);
    Ok(actor.map(|actor| TokenHolder { actor, expires_at }))
}

/// Redeems a token: returns its holder and deletes it.
pub fn redeem_token(
    writing: &mut WriteTransaction<'_>,
    hash: SecretHash,
    kind: SecretKind,
    now: DateTime<Utc>,
) -> Result<Option<TokenHolder>> {
    let bearer = find_token(writing.connection, hash, kind, now)?;
    if bearer.is_some() {
        // No live stream depends on a token for one use, so no one is notified.
        writing.connection.prepare_cached("DELETE FROM token WHERE hash = ?1")?.execute([hash.0])?;
    }
    Ok(bearer)
}

/// Revokes a token.
pub fn revoke_token(writing: &mut WriteTransaction<'_>, hash: SecretHash) -> Result<()> {
    let mut statement = writing.connection.prepare_cached("DELETE FROM token WHERE hash = ?1 RETURNING tenant, person")?;
    let ended = statement.query_row([hash.0], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?))).optional()?;
    if let Some((tenant, Some(person))) = ended {
        writing.notify(StoreEvent::CredentialsChanged { tenant: TenantId(tenant), person: Some(PersonId(person)) });
    }
    Ok(())
}
