//! The counts of an inbox, as the bell shows them.

use campanile_shared::{Counts, Severity, View, inbox::CAP};
use rusqlite::Connection;

use super::{
    super::fault::Result,
    Inbox,
    scan::{Candidate, Scan},
};
use crate::state::States;

/// Counts the newest items until the cap: first those in the inbox, with the unread ones among them; then older
/// unread ones alone.
pub fn count(connection: &Connection, inbox: &Inbox) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut scan = Scan::new(connection, inbox, States::of(View::Inbox), 0, None);
    while counts.total < CAP {
        let Some(item) = scan.next()? else { return Ok(counts) };
        counts.total += 1;
        if !item.state.is_read() {
            add(&mut counts, inbox, &item);
        }
    }
    let mut scan = Scan::new(connection, inbox, States::of(View::Unread), 0, scan.position);
    while counts.unread < CAP
        && let Some(item) = scan.next()?
    {
        add(&mut counts, inbox, &item);
    }
    Ok(counts)
}

fn add(counts: &mut Counts, inbox: &Inbox, item: &Candidate) {
    counts.unread += 1;
    counts.unseen += u32::from(item.sequence > inbox.seen_up_to);
    if let Some(severity) = Severity::ALL.get(usize::from(item.severity)) {
        *counts.by_severity.of(*severity) += 1;
    }
}
