//! The items of an inbox in some states, the newest first.
//!
//! The scan goes down span by span. Where the state of a span is wanted, it merges the index ranges of the keys
//! and overlays the items with rows. Where it is not, it reads only the items with rows. So it skips a million
//! dismissed items at once, and still finds a restored one among them.

use rusqlite::{Connection, params};

use super::{
    super::{columns, error::Result},
    Inbox, item_rows,
    merge::Merge,
    paged_rows::PagedRows,
};
use crate::{
    state::{StateBits, StateSet},
    watermarks::Span,
};

/// An item that was found.
#[derive(Clone, Copy, Debug)]
pub struct InboxRow {
    pub sequence: u64,
    /// As stored: 0 information to 3 error.
    pub severity: u8,
    /// As stored: 0 for none.
    pub component: i64,
    pub state: StateBits,
}

/// The scan.
pub struct Scan<'a> {
    connection: &'a Connection,
    inbox: &'a Inbox,
    wanted: StateSet,
    /// The spans that are left, the next one last.
    spans: Vec<Span>,
    source: Option<Source>,
    /// How many items were looked at, wanted or not.
    pub steps: u32,
    /// The last sequence that was looked at.
    pub position: Option<u64>,
}

/// The source of the current span's items.
enum Source {
    /// All items of the keys, and the rows that overlay the span's state.
    Filed { filed: Merge<(u8, i64)>, overlay: PagedRows<StateBits>, base: StateBits },
    /// Only items with rows.
    Touched(Merge<StateBits>),
}

impl<'a> Scan<'a> {
    /// The items in wanted states in `low < sequence < before`.
    pub fn new(connection: &'a Connection, inbox: &'a Inbox, wanted: StateSet, low: u64, before: Option<u64>) -> Self {
        let high = before.map_or(inbox.head, |before| before.saturating_sub(1).min(inbox.head));
        let mut spans = inbox.watermarks.within(low.max(inbox.purged_up_to).min(high), high);
        spans.reverse();
        Self { connection, inbox, wanted, spans, source: None, steps: 0, position: None }
    }

    /// The next item.
    pub fn next(&mut self) -> Result<Option<InboxRow>> {
        while let Some(candidate) = self.step()? {
            if let Some(candidate) = candidate {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Looks at one item: `Some(None)` when it is not wanted, `None` at the end.
    pub fn step(&mut self) -> Result<Option<Option<InboxRow>>> {
        let (connection, person) = (self.connection, self.inbox.person);
        loop {
            if self.source.is_none() {
                let Some(span) = self.spans.pop() else { return Ok(None) };
                self.source = Some(self.open_source(span));
            }
            let Some(source) = &mut self.source else { return Ok(None) };
            let found = match source {
                Source::Filed { filed, overlay, base } => {
                    match filed.next(|key, low, high, limit| fetch(connection, key, low, high, limit))? {
                        None => None,
                        Some((sequence, (severity, component))) => {
                            overlay.skip_above(sequence);
                            let touched = overlay.next(|low, high, limit| item_rows::within(connection, person, low, high, limit))?;
                            let state = match touched {
                                Some((at, state)) if at == sequence => state,
                                Some(later) => {
                                    overlay.put_back(later);
                                    *base
                                }
                                None => *base,
                            };
                            Some((sequence, Some(InboxRow { sequence, severity, component, state })))
                        }
                    }
                }
                Source::Touched(rows) => {
                    let state = |state: i64| StateBits(state as u8);
                    match rows.next(|name, low, high, limit| item_rows::in_state(connection, person, state(name), low, high, limit))? {
                        None => None,
                        Some((sequence, state)) => Some((sequence, row_if_in_inbox(connection, self.inbox, sequence, state)?)),
                    }
                }
            };
            match found {
                None => self.source = None,
                Some((sequence, candidate)) => {
                    self.steps += 1;
                    self.position = Some(sequence);
                    return Ok(Some(candidate.filter(|candidate| self.wanted.contains(candidate.state))));
                }
            }
        }
    }

    fn open_source(&self, span: Span) -> Source {
        if self.wanted.contains(span.state) {
            let clipped = self.inbox.ranges.iter().map(|range| (range.key, range.low.max(span.low), range.high.min(span.high)));
            let lists = clipped.filter(|(_, low, high)| low < high).map(|(key, low, high)| (key, PagedRows::new(low, high)));
            Source::Filed { filed: Merge::new(lists.collect()), overlay: PagedRows::new(span.low, span.high), base: span.state }
        } else {
            let lists = self.wanted.iter().map(|state| (i64::from(state.0), PagedRows::new(span.low, span.high)));
            Source::Touched(Merge::new(lists.collect()))
        }
    }
}

/// The newest rows of a key in `low < sequence ≤ high`.
pub fn fetch(connection: &Connection, key: i64, low: u64, high: u64, limit: u32) -> Result<Vec<(u64, (u8, i64))>> {
    let sql = "SELECT sequence, severity, component FROM audience WHERE key = ?1 AND sequence > ?2 AND sequence <= ?3
               ORDER BY sequence DESC LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![key, low, high, limit], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// An item with a row, if it is still in the inbox: it may have expired or been deleted.
pub fn row_if_in_inbox(connection: &Connection, inbox: &Inbox, sequence: u64, state: StateBits) -> Result<Option<InboxRow>> {
    let sql = "SELECT severity, component, keys FROM notification WHERE tenant = ?1 AND sequence = ?2 AND withdrawn = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let keys: Vec<i64> = columns::json(row, 2)?;
    let candidate = InboxRow { sequence, severity: row.get(0)?, component: row.get(1)?, state };
    Ok(inbox.holds(&keys, sequence).then_some(candidate))
}

/// The item of a sequence in its current state, if it is in the inbox.
pub fn find_row(connection: &Connection, inbox: &Inbox, sequence: u64) -> Result<Option<InboxRow>> {
    let state = item_rows::state(connection, inbox.person, sequence)?.unwrap_or_else(|| inbox.watermarks.at(sequence));
    row_if_in_inbox(connection, inbox, sequence, state)
}

/// The next items of a scan, at most this many.
pub fn collect(scan: &mut Scan<'_>, most: usize) -> Result<Vec<InboxRow>> {
    let mut items = Vec::new();
    while items.len() < most
        && let Some(item) = scan.next()?
    {
        items.push(item);
    }
    Ok(items)
}
