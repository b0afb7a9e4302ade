//! What a live stream missed since a snapshot.

use campanile_domain::{
    PersonId, TenantId,
    model::inbox_item::{CatchUp, InboxUpdate, StoredItem},
};
use campanile_shared::Snapshot;
use rusqlite::{Connection, params};

use super::{
    super::{error::Result, page_budget::PageBudget},
    Inbox, item_changes,
    page::load_within_budget,
    scan::{self, Scan, row_if_in_inbox},
};
use crate::state::{StateBits, StateSet};

/// What happened since a snapshot.
pub fn inbox_since(connection: &Connection, tenant: TenantId, person: PersonId, since: Snapshot, limit: u32) -> Result<InboxUpdate> {
    let inbox = Inbox::load(connection, tenant, person)?;
    Ok(match catch_up(connection, &inbox, since, limit)? {
        Some(missed) => InboxUpdate::CaughtUp(missed),
        None => InboxUpdate::Reset(inbox.snapshot(connection)?),
    })
}

/// What happened since a snapshot; `None` when it is too much or cannot be listed.
fn catch_up(connection: &Connection, inbox: &Inbox, since: Snapshot, limit: u32) -> Result<Option<CatchUp>> {
    let Snapshot { generation, sequence, revision, .. } = since;
    let (tenant, person, now) = (inbox.tenant, inbox.person, inbox.shown_revision());
    // A snapshot from the future belongs to another content.
    let unknown = generation != inbox.generation || sequence > inbox.head || revision > now;
    let withdrawn = inbox.withdrawn > inbox.withdrawn_at_last_change && revision < now;
    if unknown || withdrawn || revision < inbox.unlisted_up_to {
        return Ok(None);
    }
    let most = limit as usize;
    let found = scan::collect(&mut Scan::new(connection, inbox, StateSet::ALL, sequence, None), most + 1)?;
    let Some(changed) = changed_since(connection, inbox, sequence, revision, limit)? else { return Ok(None) };
    if found.len() + changed.len() > most {
        return Ok(None);
    }
    let mut arrived: Vec<StoredItem> = Vec::with_capacity(found.len());
    let mut budget = PageBudget::page();
    for candidate in found.iter().rev() {
        let Some(item) = load_within_budget(connection, tenant, person, candidate, &mut budget)? else { return Ok(None) };
        arrived.extend(item);
    }
    let changed = item_changes::item_changes(connection, inbox, &changed)?;
    Ok(Some(CatchUp { arrived, changed, snapshot: inbox.snapshot(connection)? }))
}

/// Items up to a sequence that changed after a revision; `None` when they have more rows than the limit.
fn changed_since(
    connection: &Connection,
    inbox: &Inbox,
    sequence: u64,
    revision: u64,
    limit: u32,
) -> Result<Option<Vec<(u64, StateBits)>>> {
    let sql = "SELECT sequence, state FROM item_state WHERE person = ?1 AND revision > ?2 AND sequence <= ?3 LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map(params![inbox.person.0, revision, sequence, limit + 1], |row| Ok((row.get(0)?, StateBits(row.get(1)?))))?;
    let rows: Vec<(u64, StateBits)> = rows.collect::<rusqlite::Result<_>>()?;
    // Checked before items that are gone are skipped: the limit may have cut off others.
    if rows.len() > limit as usize {
        return Ok(None);
    }
    let mut changed = Vec::new();
    for (sequence, state) in rows {
        if row_if_in_inbox(connection, inbox, sequence, state)?.is_some() {
            changed.push((sequence, state));
        }
    }
    Ok(Some(changed))
}
