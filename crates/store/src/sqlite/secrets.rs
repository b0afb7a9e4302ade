//! Passwords, API keys and tokens, stored as hashes only.

use std::num::NonZeroU32;

use campanile_domain::{
    Error, KeyId, PersonId, Scope, SecretHash, Sender, StoreEvent, TenantId,
    model::{
        access::Actor,
        api_key::StoredApiKey,
        listing::Listing,
        secret::SecretKind,
        token::{Token, TokenHolder, TokenSubject},
    },
};
use campanile_shared::administration::NewApiKey;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    pagination::paginate,
    people,
    write_thread::WriteTransaction,
};

/// The password hash of a person.
pub fn password(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT password_hash FROM person WHERE id = ?1 AND tenant = ?2")?;
    Ok(statement.query_row(params![person.0, tenant.0], |row| row.get(0)).optional()?.flatten())
}

/// Sets a person's password and revokes all their tokens.
pub fn set_password(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, hash: &str) -> Result<()> {
    people::require_exists(writing.connection, tenant, person)?;
    writing.connection.prepare_cached("UPDATE person SET password_hash = ?2 WHERE id = ?1")?.execute(params![person.0, hash])?;
    writing.connection.prepare_cached("DELETE FROM token WHERE person = ?1")?.execute([person.0])?;
    writing.notify(StoreEvent::CredentialsChanged { tenant, person: Some(person) });
    Ok(())
}

/// Changes a person's password at their own request. It revokes all their tokens except this session and
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

/// Adds an API key.
pub fn create_key(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    new: &NewApiKey,
    hash: SecretHash,
    now: DateTime<Utc>,
) -> Result<KeyId> {
    let connection = writing.connection;
    if connection.prepare_cached("SELECT 1 FROM tenant WHERE id = ?1")?.query([tenant.0])?.next()?.is_none() {
        return Err(Error::NotFound.into());
    }
    if connection
        .prepare_cached("SELECT 1 FROM api_key WHERE tenant = ?1 AND name = ?2 AND revoked_at IS NULL")?
        .exists(params![tenant.0, new.name])?
    {
        return Err(Error::AlreadyExists.into());
    }
    let id = connection
        .prepare_cached(
            "INSERT INTO api_key (tenant, name, scopes, hash, created_at, requests_per_second) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(params![tenant.0, new.name, serde_json::to_string(&new.scopes)?, hash.0, to_micros(now), new.requests_per_second])?;
    Ok(KeyId(id))
}

/// A page of a tenant's API keys, by name. Keys are never deleted, so that each is a valid cursor.
pub fn keys(connection: &Connection, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>> {
    let sql = "SELECT id, name, scopes, created_at, last_used_at, revoked_at, requests_per_second FROM api_key
               WHERE tenant = ?1 AND (?2 IS NULL OR (name, id) > (SELECT name, id FROM api_key WHERE id = ?2 AND tenant = ?1))
               ORDER BY name, id LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query(params![tenant.0, after.map(|after| after.0), u64::from(limit) + 1])?;
    paginate(rows, limit, |row| {
        let at = |column| -> Result<_> { Ok(row.get::<_, Option<i64>>(column)?.map(from_micros)) };
        let key = StoredApiKey {
            id: KeyId(row.get(0)?),
            name: row.get(1)?,
            scopes: scopes(row, 2)?,
            created_at: from_micros(row.get(3)?),
            last_used_at: at(4)?,
            revoked_at: at(5)?,
            requests_per_second: rate_limit(row, 6)?,
        };
        Ok((key.id, key))
    })
}

/// Records when keys were last used; the latest time counts.
pub fn record_uses(writing: &mut WriteTransaction<'_>, uses: &[(KeyId, DateTime<Utc>)]) -> Result<()> {
    let sql = "UPDATE api_key SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";
    let mut statement = writing.connection.prepare_cached(sql)?;
    for (key, at) in uses {
        statement.execute(params![key.0, to_micros(*at)])?;
    }
    Ok(())
}

fn scopes(row: &Row<'_>, column: usize) -> Result<Vec<Scope>> {
    Ok(serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)?)
}

fn rate_limit(row: &Row<'_>, column: usize) -> Result<Option<NonZeroU32>> {
    Ok(row.get::<_, Option<u32>>(column)?.and_then(NonZeroU32::new))
}

/// Revokes an API key; repeating it changes nothing.
///
/// A name may be in use again after its key was revoked: then the key in use is meant.
pub fn revoke_key(writing: &mut WriteTransaction<'_>, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "SELECT id FROM api_key WHERE tenant = ?1 AND name = ?2 ORDER BY revoked_at IS NULL DESC LIMIT 1";
    let mut statement = writing.connection.prepare_cached(sql)?;
    let key: i64 = statement.query_row(params![tenant.0, name], |row| row.get(0)).optional()?.ok_or(Error::NotFound)?;
    let sql = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
    writing.connection.prepare_cached(sql)?.execute(params![key, to_micros(now)])?;
    writing.connection.prepare_cached("DELETE FROM token WHERE api_key = ?1")?.execute([key])?;
    Ok(())
}

/// The sender that an API key belongs to.
pub fn sender(connection: &Connection, hash: SecretHash) -> Result<Option<Sender>> {
    find_sender(connection, "k.hash = ?1", hash.0)
}

fn find_sender(connection: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Sender>> {
    let sql = format!(
        "SELECT k.tenant, t.name, k.id, k.name, k.scopes, k.requests_per_second FROM api_key k JOIN tenant t ON t.id = k.tenant
         WHERE {condition} AND k.revoked_at IS NULL"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Sender {
        tenant: TenantId(row.get(0)?),
        tenant_name: row.get(1)?,
        key: KeyId(row.get(2)?),
        name: row.get(3)?,
        scopes: scopes(row, 4)?,
        requests_per_second: rate_limit(row, 5)?,
    }))
}

/// The most known browsers of a person.
const MAX_KNOWN_BROWSERS: u32 = 20;

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
    if pass.kind == SecretKind::KnownBrowser {
        let sql = "DELETE FROM token WHERE hash IN
                       (SELECT hash FROM token WHERE person = ?1 AND kind = ?2 ORDER BY expires_at DESC LIMIT -1 OFFSET ?3)";
        connection.prepare_cached(sql)?.execute(params![person, pass.kind.name(), MAX_KNOWN_BROWSERS])?;
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
            let sender = find_sender(connection, "k.id = ?1", key)?;
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
