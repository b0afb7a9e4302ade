//! Pages of an inbox, and single items.

use campanile_domain::{
    PersonId, TenantId,
    model::inbox_item::{StoredItem, StoredPage},
};
use campanile_shared::{Filter, MatchCount, View};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    super::{error::Result, notifications_read, page_budget::PageBudget, read_pool::Reader},
    Inbox, button_clicks, matched_keys,
    matches::Matches,
    scan::{InboxRow, find_row},
    snooze,
};
use crate::state::{StateBits, StateSet};

/// The most items shown above a page.
const MAX_ON_TOP: usize = 100;

/// A page of matching items below a sequence.
pub fn page(reader: &Reader, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage> {
    let deadline = reader.timeout.take_deadline();
    let inbox = Inbox::load(reader, tenant, person)?;
    let mut matches = Matches::new(reader, &inbox, filter, StateSet::of(filter.view), before, deadline)?;
    let (mut items, mut budget) = (Vec::<StoredItem>::new(), PageBudget::page());
    let next = loop {
        let Some(candidate) = matches.next()? else { break matches.rest() };
        let found = if items.len() < limit as usize { load_within_budget(reader, tenant, person, &candidate, &mut budget)? } else { None };
        match found {
            Some(item) => items.extend(item),
            None => break items.last().map(|last| last.notification.sequence),
        }
    };
    let mut incomplete = matches.is_interrupted();
    let mut top = Vec::new();
    // Search results have only one order.
    if before.is_none() && matches!(filter.view, View::Inbox | View::Unread) && filter.text.is_none() {
        let wanted = StateSet::of(filter.view).filter(StateBits::is_shown_on_top);
        let mut matches = Matches::new(reader, &inbox, filter, wanted, None, deadline)?;
        top = on_top(reader, &inbox, &mut matches)?;
        incomplete |= matches.is_interrupted();
    }
    Ok(StoredPage { items, top, next, incomplete, seen_up_to: inbox.seen_up_to, snapshot: inbox.snapshot(reader)? })
}

/// Counts the matching items, up to a number.
pub fn count(reader: &Reader, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<MatchCount> {
    let deadline = reader.timeout.take_deadline();
    let inbox = Inbox::load(reader, tenant, person)?;
    let mut matches = Matches::new(reader, &inbox, filter, StateSet::of(filter.view), None, deadline)?;
    let mut count = 0;
    while count < most
        && let Some(_) = matches.next()?
    {
        count += 1;
    }
    Ok(MatchCount { count, more: count >= most || matches.rest().is_some(), incomplete: matches.is_interrupted() })
}

/// The sequences of matching items below a sequence, at most `most`, and the sequence to continue below.
pub fn matching_sequences(
    reader: &Reader,
    tenant: TenantId,
    person: PersonId,
    filter: &Filter,
    before: u64,
    most: usize,
) -> Result<(Vec<u64>, Option<u64>)> {
    let deadline = reader.timeout.take_deadline();
    let inbox = Inbox::load(reader, tenant, person)?;
    let mut matches = Matches::new(reader, &inbox, filter, StateSet::of(filter.view), Some(before), deadline)?;
    let mut found = Vec::new();
    while found.len() < most {
        let Some(candidate) = matches.next()? else { return Ok((found, matches.rest())) };
        found.push(candidate.sequence);
    }
    let last = found.last().copied();
    Ok((found, last))
}

/// The items shown above the first page of a view.
fn on_top(connection: &Connection, inbox: &Inbox, matches: &mut Matches<'_>) -> Result<Vec<StoredItem>> {
    let (mut found, mut budget) = (Vec::new(), PageBudget::page());
    while found.len() < MAX_ON_TOP
        && let Some(candidate) = matches.next()?
        && let Some(item) = load_within_budget(connection, inbox.tenant, inbox.person, &candidate, &mut budget)?
    {
        found.extend(item);
    }
    Ok(found)
}

/// The item of an id, if it is in the inbox.
pub fn by_id(connection: &Connection, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>> {
    let inbox = Inbox::load(connection, tenant, person)?;
    let Some(sequence) = notifications_read::sequence_of(connection, tenant, id)? else { return Ok(None) };
    let candidate = find_row(connection, &inbox, sequence)?;
    let Some(mut found) = candidate.map_or(Ok(None), |candidate| load(connection, tenant, person, &candidate))? else { return Ok(None) };
    found.button_clicks = button_clicks::clicked_by(connection, tenant, person, sequence)?;
    found.matched_keys = matched_keys::of(connection, &inbox, sequence)?;
    Ok(Some(found))
}

/// Loads an item's notification, without the clicks on its buttons.
pub fn load(connection: &Connection, tenant: TenantId, person: PersonId, candidate: &InboxRow) -> Result<Option<StoredItem>> {
    Ok(load_within_budget(connection, tenant, person, candidate, &mut PageBudget::page())?.flatten())
}

/// The same within the budget of a page; `None` when the page is full.
pub fn load_within_budget(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    candidate: &InboxRow,
    budget: &mut PageBudget,
) -> Result<Option<Option<StoredItem>>> {
    let Some(notification) = notifications_read::by_sequence(connection, tenant, candidate.sequence, budget)? else { return Ok(None) };
    let Some(notification) = notification else { return Ok(Some(None)) };
    let state = snooze::item_state(connection, person, candidate.sequence, candidate.state)?;
    Ok(Some(Some(StoredItem { notification, state, button_clicks: Vec::new(), matched_keys: Vec::new() })))
}
