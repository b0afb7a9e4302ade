//! Tickets for live streams: tokens for one use that keep the grant they were requested with.

use campanile_domain::{
    Grant, Person, SecretHash,
    model::{access::Actor, secret::SecretKind, token::Token},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::{
    columns::{from_micros, to_micros},
    error::Result,
    grants, tokens,
    write_transaction::WriteTransaction,
};

/// Stores a ticket with the grant of the person who requested it.
pub fn create_ticket(writing: &mut WriteTransaction<'_>, hash: SecretHash, pass: &Token, maker: &Grant) -> Result<()> {
    tokens::create_token(writing, hash, pass)?;
    let sql = "UPDATE token SET parent_kind = ?2, parent_hash = ?3, parent_until = ?4 WHERE hash = ?1";
    writing.connection.prepare_cached(sql)?.execute(params![hash.0, maker.kind.name(), maker.hash.0, to_micros(maker.expires_at)])?;
    Ok(())
}

/// Redeems a ticket: deletes it and returns its person and the grant it was requested with, if both are valid.
pub fn redeem_ticket(writing: &mut WriteTransaction<'_>, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>> {
    let Some(maker) = parent_grant(writing.connection, hash)? else { return Ok(None) };
    let Some(bearer) = tokens::redeem_token(writing, hash, SecretKind::StreamTicket, now)? else { return Ok(None) };
    let Actor::Person(person) = bearer.actor else { return Ok(None) };
    let good = grants::is_valid(writing.connection, person.tenant, person.id, &maker, now)?;
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
