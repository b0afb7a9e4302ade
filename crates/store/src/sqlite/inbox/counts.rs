//! The counts of an inbox, as the bell shows them.

use campanile_shared::{Counts, Severity, View, limits::MAX_COUNT};
use rusqlite::Connection;

use super::{
    super::error::Result,
    Inbox,
    scan::{InboxRow, Scan},
};
use crate::state::StateSet;

/// Counts the newest items until the cap: first those in the inbox, with the unread ones among them; then older
/// unread ones alone.
pub fn count(connection: &Connection, inbox: &Inbox) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut scan = Scan::new(connection, inbox, StateSet::of(View::Inbox), 0, None);
    while counts.total < MAX_COUNT {
        let Some(item) = scan.next()? else { return Ok(counts) };
        counts.total += 1;
        if !item.state.is_read() {
            count_unread(&mut counts, inbox, &item);
        }
    }
    let mut scan = Scan::new(connection, inbox, StateSet::of(View::Unread), 0, scan.position);
    while counts.unread < MAX_COUNT
        && let Some(item) = scan.next()?
    {
        count_unread(&mut counts, inbox, &item);
    }
    Ok(counts)
}

fn count_unread(counts: &mut Counts, inbox: &Inbox, item: &InboxRow) {
    counts.unread += 1;
    counts.unseen += u32::from(item.sequence > inbox.seen_up_to);
    if let Some(severity) = Severity::ALL.get(usize::from(item.severity)) {
        *counts.by_severity.count_mut(*severity) += 1;
    }
}
