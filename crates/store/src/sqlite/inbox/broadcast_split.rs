//! Broadcasts (sent to everyone) or targeted notifications alone. Items of the other kind are skipped, except
//! those that were sent to both.

use campanile_domain::{
    AudienceKey, PersonId, TenantId,
    model::inbox_item::{BroadcastFilter, BroadcastQuery, DatedItem},
};
use rusqlite::Connection;

use super::{
    super::{audience_keys, error::Result, page_budget::PageBudget},
    Inbox, page,
    read_times::{self, ReadTimes},
    scan::{InboxRow, Scan},
};
use crate::state::StateSet;

/// A page of items, the newest first, and the sequence to continue below.
pub fn page(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    query: &BroadcastQuery,
    limit: u32,
) -> Result<(Vec<DatedItem>, Option<u64>)> {
    let (mut items, mut skip, mut budget) = (Vec::<DatedItem>::new(), query.skip, PageBudget::page());
    let mut next = None;
    for_each_item(connection, tenant, person, query, |candidate| {
        if skip > 0 {
            skip -= 1;
            return Ok(true);
        }
        let room = items.len() < limit as usize;
        let found = if room { page::load_within_budget(connection, tenant, person, &candidate, &mut budget)? } else { None };
        let Some(found) = found else {
            next = items.last().map(|last| last.item.notification.sequence);
            return Ok(false);
        };
        if let Some(item) = found {
            let ReadTimes { read_at, dismissed_at } = read_times::of(connection, person, candidate.sequence)?;
            items.push(DatedItem { item, read_at, dismissed_at });
        }
        Ok(true)
    })?;
    Ok((items, next))
}

/// Counts the items, up to a number.
pub fn count(connection: &Connection, tenant: TenantId, person: PersonId, query: &BroadcastQuery, most: u32) -> Result<u32> {
    let mut count = 0;
    for_each_item(connection, tenant, person, query, |_| {
        count += 1;
        Ok(count < most)
    })?;
    Ok(count)
}

/// Calls `show` with each item, the newest first, until it returns false.
fn for_each_item(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    query: &BroadcastQuery,
    mut show: impl FnMut(InboxRow) -> Result<bool>,
) -> Result<()> {
    let mut inbox = Inbox::load(connection, tenant, person)?;
    let everyone = audience_keys::find(connection, tenant, &AudienceKey::Everyone)?;
    if query.filter != BroadcastFilter::All {
        inbox.ranges.retain(|range| (Some(range.key) == everyone) == (query.filter == BroadcastFilter::Broadcast));
    }
    let wanted = query.view.map_or(StateSet::ALL, StateSet::of);
    let mut scan = Scan::new(connection, &inbox, wanted, query.above.unwrap_or_default(), query.before);
    let mut both = connection.prepare_cached("SELECT 1 FROM audience WHERE key = ?1 AND sequence = ?2")?;
    while let Some(candidate) = scan.next()? {
        let other = query.filter == BroadcastFilter::Targeted && both.exists((everyone, candidate.sequence))?;
        if !other && !show(candidate)? {
            break;
        }
    }
    Ok(())
}
