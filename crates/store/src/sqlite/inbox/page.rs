//! Pages and single items.

use campanile_domain::{
    PersonId, TenantId,
    store::{StoredItem, StoredPage},
};
use campanile_shared::{Filter, Matching, View};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    super::{fault::Result, sent},
    Inbox,
    matches::Matches,
    press, reasons,
    scan::{Candidate, one},
    snoozes,
};
use crate::state::{State, States};

/// The most items that stand above a page.
const MOST_ON_TOP: usize = 100;

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
            Some(candidate) => items.extend(item(connection, tenant, person, &candidate)?),
        }
    };
    let top = if before.is_none() { on_top(connection, &inbox, filter)? } else { Vec::new() };
    Ok(StoredPage { items, top, next, seen_up_to: inbox.seen_up_to, snapshot: inbox.snapshot(connection)? })
}

/// How many items match, up to a number.
pub fn count(connection: &Connection, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<Matching> {
    let inbox = Inbox::load(connection, tenant, person)?;
    let mut matches = Matches::new(connection, &inbox, filter, States::of(filter.view), None)?;
    let mut count = 0;
    while count < most
        && let Some(_) = matches.next()?
    {
        count += 1;
    }
    Ok(Matching { count, more: count >= most || matches.rest().is_some() })
}

/// What stands above the first page of a view. What was searched for stands in its own order alone.
fn on_top(connection: &Connection, inbox: &Inbox, filter: &Filter) -> Result<Vec<StoredItem>> {
    let mut found = Vec::new();
    if matches!(filter.view, View::Inbox | View::Unread) && filter.text.is_none() {
        let wanted = States::of(filter.view).filter(State::is_on_top);
        let mut matches = Matches::new(connection, inbox, filter, wanted, None)?;
        while found.len() < MOST_ON_TOP
            && let Some(candidate) = matches.next()?
        {
            found.extend(item(connection, inbox.tenant, inbox.person, &candidate)?);
        }
    }
    Ok(found)
}

/// The item of an id, if it is in the inbox.
pub fn by_id(connection: &Connection, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>> {
    let inbox = Inbox::load(connection, tenant, person)?;
    let Some(sequence) = sequence_of(connection, tenant, id)? else { return Ok(None) };
    let candidate = one(connection, &inbox, sequence)?;
    let Some(mut found) = candidate.map_or(Ok(None), |candidate| item(connection, tenant, person, &candidate))? else { return Ok(None) };
    found.pressed = press::by(connection, tenant, person, sequence)?;
    found.held = reasons::of(connection, &inbox, sequence)?;
    Ok(Some(found))
}

/// The sequence of an id.
pub fn sequence_of(connection: &Connection, tenant: TenantId, id: Uuid) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// A candidate with its notification, without what was pressed.
pub fn item(connection: &Connection, tenant: TenantId, person: PersonId, candidate: &Candidate) -> Result<Option<StoredItem>> {
    let state = snoozes::shown(connection, person, candidate.sequence, candidate.state)?;
    let notification = sent::by_sequence(connection, tenant, candidate.sequence)?;
    Ok(notification.map(|notification| StoredItem { notification, state, pressed: Vec::new(), held: Vec::new() }))
}
