//! Broadcasts (sent to everyone) or targeted notifications alone. Items of the other kind are skipped, except
//! those that were sent to both.

use campanile_domain::{
    AudienceKey, PersonId, TenantId,
    store::{DatedItem, Half, HalfQuery},
};
use rusqlite::Connection;

use super::{
    super::{budget::Budget, fault::Result, keys},
    Inbox,
    moments::{self, Moments},
    page,
    scan::{Candidate, Scan},
};
use crate::state::States;

/// A page of items, the newest first, and the sequence to continue below.
pub fn page(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    query: &HalfQuery,
    limit: u32,
) -> Result<(Vec<DatedItem>, Option<u64>)> {
    let (mut items, mut skip, mut budget) = (Vec::<DatedItem>::new(), query.skip, Budget::page());
    let mut next = None;
    walk(connection, tenant, person, query, |candidate| {
        if skip > 0 {
            skip -= 1;
            return Ok(true);
        }
        let room = items.len() < limit as usize;
        let found = if room { page::within(connection, tenant, person, &candidate, &mut budget)? } else { None };
        let Some(found) = found else {
            next = items.last().map(|last| last.item.notification.sequence);
            return Ok(false);
        };
        if let Some(item) = found {
            let Moments { read_at, dismissed_at } = moments::of(connection, person, candidate.sequence)?;
            items.push(DatedItem { item, read_at, dismissed_at });
        }
        Ok(true)
    })?;
    Ok((items, next))
}

/// Counts the items, up to a number.
pub fn count(connection: &Connection, tenant: TenantId, person: PersonId, query: &HalfQuery, most: u32) -> Result<u32> {
    let mut count = 0;
    walk(connection, tenant, person, query, |_| {
        count += 1;
        Ok(count < most)
    })?;
    Ok(count)
}

/// Calls `show` with each item, the newest first, until it returns false.
fn walk(
    connection: &Connection,
    tenant: TenantId,
    person: PersonId,
    query: &HalfQuery,
    mut show: impl FnMut(Candidate) -> Result<bool>,
) -> Result<()> {
    let mut inbox = Inbox::load(connection, tenant, person)?;
    let everyone = keys::find(connection, tenant, &AudienceKey::Everyone)?;
    if query.half != Half::Both {
        inbox.ranges.retain(|range| (Some(range.key) == everyone) == (query.half == Half::Everyone));
    }
    let wanted = query.view.map_or(States::EVERY, States::of);
    let mut scan = Scan::new(connection, &inbox, wanted, query.above.unwrap_or_default(), query.before);
    let mut both = connection.prepare_cached("SELECT 1 FROM audience WHERE key = ?1 AND sequence = ?2")?;
    while let Some(candidate) = scan.next()? {
        let other = query.half == Half::Others && both.exists((everyone, candidate.sequence))?;
        if !other && !show(candidate)? {
            break;
        }
    }
    Ok(())
}
