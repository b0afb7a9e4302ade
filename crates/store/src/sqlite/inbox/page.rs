//! Pages and single items.

use campanile_domain::{
    PersonId, TenantId,
    store::{StoredItem, StoredPage},
};
use campanile_shared::Filter;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    super::{fault::Result, sent},
    Inbox,
    matches::Matches,
    press,
    scan::{Candidate, one},
};
use crate::state::States;

/// A page of what matches, below a sequence.
pub fn page(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    filter: &Filter,
    before: Option<u64>,
    limit: u32,
) -> Result<StoredPage> {
    let inbox = Inbox::load(connection, tenant, person)?;
    let mut matches = Matches::new(connection, &inbox, filter, States::of(filter.view), before)?;
    let mut items: Vec<StoredItem> = Vec::new();
    let next = loop {
        match matches.next()? {
            None => break matches.rest(),
            Some(_) if items.len() >= limit as usize => break items.last().map(|last| last.notification.sequence),
            Some(candidate) => items.extend(item(connection, tenant, &candidate)?),
        }
    };
    Ok(StoredPage { items, next, seen_up_to: inbox.seen_up_to, snapshot: inbox.snapshot(connection)? })
}

/// The item of an id, if it is in the inbox.
pub fn by_id(connection: &Connection, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>> {
    let inbox = Inbox::load(connection, tenant, person)?;
    let Some(sequence) = sequence_of(connection, tenant, id)? else { return Ok(None) };
    let candidate = one(connection, &inbox, sequence)?;
    let Some(mut found) = candidate.map_or(Ok(None), |candidate| item(connection, tenant, &candidate))? else { return Ok(None) };
    found.pressed = press::by(connection, tenant, person, sequence)?;
    Ok(Some(found))
}

/// The sequence of an id.
pub fn sequence_of(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// A candidate with its notification, without what was pressed.
pub fn item(connection: &Connection, tenant: TenantId, candidate: &Candidate) -> Result<Option<StoredItem>> {
    let notification = sent::by_sequence(connection, tenant, candidate.sequence)?;
    Ok(notification.map(|notification| StoredItem { notification, state: candidate.state.shown(), pressed: Vec::new() }))
}
