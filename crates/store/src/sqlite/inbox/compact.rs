//! Compaction keeps counting and paging fast. Where many rows have the same state, the watermarks get this
//! state and only the items that differ keep rows. No item's state changes.

use rusqlite::{Connection, params};

use super::{
    super::{
        error::{Result, StoreError},
        limits::Limits,
    },
    Inbox, item_rows,
    scan::Scan,
};
use crate::state::{StateBits, StateSet};

/// Compacts the rows that were written since the last time, when there are enough of them.
pub fn compact(connection: &Connection, inbox: &mut Inbox, limits: Limits) -> Result<()> {
    if inbox.rows_since_compaction < limits.compact_after_rows {
        return Ok(());
    }
    let sql = "SELECT min(sequence), max(sequence) FROM item_state WHERE person = ?1 AND revision > ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let (low, high): (Option<u64>, Option<u64>) =
        statement.query_row(params![inbox.person.0, inbox.compacted_revision], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let (Some(low), Some(high)) = (low, high) {
        for span in inbox.watermarks.within(low.saturating_sub(1), high) {
            compact_span(connection, inbox, limits, (span.low, span.high, span.state))?;
        }
    }
    inbox.rows_since_compaction = 0;
    inbox.compacted_revision = inbox.shown_revision();
    Ok(())
}

fn compact_span(connection: &Connection, inbox: &mut Inbox, limits: Limits, (low, high, base): (u64, u64, StateBits)) -> Result<()> {
    let person = inbox.person;
    let rows = item_rows::within(connection, person, low, high, u32::MAX)?;
    let mut in_state = [0_u64; StateBits::COUNT as usize];
    let mut untouched = Vec::new();
    let mut scan = Scan::new(connection, inbox, StateSet::ALL, low, Some(high.saturating_add(1)));
    while let Some(item) = scan.next()? {
        match rows.binary_search_by(|(sequence, _)| item.sequence.cmp(sequence)) {
            Ok(_) => in_state[usize::from(item.state.0)] += 1,
            Err(_) => untouched.push(item.sequence),
        }
        // A few rows among many items without rows stay rows.
        if untouched.len() as u64 > limits.compact_after_rows {
            return Ok(());
        }
    }
    let most = StateBits::all().max_by_key(|state| in_state[usize::from(state.0)]).unwrap_or_default();
    let saved = in_state[usize::from(most.0)];
    if most != base && saved <= untouched.len() as u64 + limits.compact_after_rows / 4 {
        return Ok(());
    }
    if most != base {
        for sequence in untouched {
            item_rows::set(connection, person, sequence, base, 0)?;
        }
        let (low, high) = widened(connection, inbox, low, high)?;
        inbox.watermarks.change(low, high, |_| most);
    }
    let sql = "DELETE FROM item_state WHERE person = ?1 AND state = ?2 AND sequence > ?3 AND sequence <= ?4";
    connection.prepare_cached(sql)?.execute(params![person.0, most.0, low, high])?;
    // The rows that listed the changes are gone.
    inbox.require_refetch();
    Ok(())
}

/// Extends an interval to the borders beside it if no item lies between, so that neighbouring spans merge.
fn widened(connection: &Connection, inbox: &Inbox, low: u64, high: u64) -> Result<(u64, u64)> {
    let (below, above) = (inbox.watermarks.span_of(low + 1).low, inbox.watermarks.span_of(high).high);
    let empty = |low, high: u64| Ok::<_, StoreError>(Scan::new(connection, inbox, StateSet::ALL, low, Some(high + 1)).next()?.is_none());
    let low = if empty(below, low)? { below } else { low };
    let high = if above <= inbox.head && empty(high, above)? { above } else { high };
    Ok((low, high))
}
