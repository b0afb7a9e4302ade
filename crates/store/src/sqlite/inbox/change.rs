//! Changes the state of items, either of given ids or of all that match.
//!
//! A change of all that match runs in steps, each a write of its own, so that others do not wait long for the
//! writer. The steps share one undo.

use std::collections::BTreeMap;

use campanile_domain::{PersonId, TenantId};
use campanile_shared::{InboxChangeResult, Snapshot, View, inbox::Action};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{error::Result, notifications_read::sequence_of, write_transaction::WriteTransaction},
    Inbox,
    change_command::ChangeCommand,
    compact, item_changes, item_rows, read_times,
    scan::{self, InboxRow, Scan, find_row},
    snooze,
    undo_log::{self, Inverse},
};
use crate::state::{StateBits, StateChange, StateSet};

/// The progress of a change in steps.
#[derive(Clone, Copy, Default)]
pub struct Progress {
    /// How many steps changed something.
    parts: u32,
    /// The next step looks below this sequence.
    pub before: Option<u64>,
    /// Whether to change watermarks instead of writing rows.
    by_watermarks: bool,
}

/// The result of a step.
pub enum StepResult {
    More(Progress),
    Done(InboxChangeResult),
}

/// Changes the items with these ids that are in the inbox.
pub fn change_ids(writing: &mut WriteTransaction<'_>, order: &ChangeCommand, ids: &[Uuid]) -> Result<InboxChangeResult> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, order.tenant, order.person)?;
    let mut items = BTreeMap::new();
    for id in ids {
        if let Some(sequence) = sequence_of(connection, order.tenant, *id)?
            && let Some(item) = find_row(connection, &inbox, sequence)?
            && order.changes(item.state)
        {
            items.insert(sequence, item);
        }
    }
    let items: Vec<InboxRow> = items.into_values().collect();
    read_times::record(connection, order.person, items.iter().map(|item| item.sequence), order.change, order.now)?;
    let snapshot = write_rows(writing, inbox, order, 0, &items)?;
    Ok(InboxChangeResult { undo: (!items.is_empty()).then_some(order.undo), snapshot })
}

/// One step of changing all items of a view up to a sequence.
pub fn change_view(
    writing: &mut WriteTransaction<'_>,
    order: &ChangeCommand,
    view: View,
    up_to: u64,
    progress: Progress,
) -> Result<StepResult> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, order.tenant, order.person)?;
    let up_to = up_to.min(inbox.head);
    let wanted = StateSet::of(view).filter(|state| order.changes(state));
    if progress.by_watermarks {
        return change_watermarks(writing, inbox, order, wanted, up_to, progress);
    }
    // The end of each snooze is in a row of its own.
    let by_rows = order.change.is_snoozed() || order.change.is_dismissed() && wanted.iter().any(StateBits::is_snoozed);
    let most = if by_rows { writing.limits.rows_per_step } else { writing.limits.max_listed_changes };
    let mut scan = Scan::new(connection, &inbox, wanted, 0, Some(progress.before.unwrap_or(up_to + 1)));
    let mut items = scan::collect(&mut scan, most + 1)?;
    let more = items.len() > most;
    items.truncate(most);
    if more && !by_rows {
        // Too many to list one by one, and only their states decide: change the watermarks.
        return change_watermarks(writing, inbox, order, wanted, up_to, Progress { by_watermarks: true, ..progress });
    }
    let rest = items.last().filter(|_| more).map(|last| last.sequence);
    finish_step(writing, inbox, order, items, rest, progress)
}

/// One step of changing items that a filter found, if they are still in the view. Below `rest` there may be
/// more.
pub fn change_found(
    writing: &mut WriteTransaction<'_>,
    order: &ChangeCommand,
    view: View,
    sequences: &[u64],
    rest: Option<u64>,
    progress: Progress,
) -> Result<StepResult> {
    let inbox = Inbox::load(writing.connection, order.tenant, order.person)?;
    let wanted = StateSet::of(view).filter(|state| order.changes(state));
    let mut items = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        items.extend(find_row(writing.connection, &inbox, *sequence)?.filter(|item| wanted.contains(item.state)));
    }
    finish_step(writing, inbox, order, items, rest, progress)
}

/// Ends a step that changes these items.
fn finish_step(
    writing: &mut WriteTransaction<'_>,
    inbox: Inbox,
    order: &ChangeCommand,
    items: Vec<InboxRow>,
    rest: Option<u64>,
    progress: Progress,
) -> Result<StepResult> {
    read_times::record(writing.connection, order.person, items.iter().map(|item| item.sequence), order.change, order.now)?;
    let snapshot = write_rows(writing, inbox, order, progress.parts, &items)?;
    let parts = progress.parts + u32::from(!items.is_empty());
    Ok(match rest {
        Some(_) => StepResult::More(Progress { parts, before: rest, ..progress }),
        None => StepResult::Done(InboxChangeResult { undo: (parts > 0).then_some(order.undo), snapshot }),
    })
}

/// Dismisses a notification that was just stored, as if the person had done it.
pub fn dismiss_on_arrival(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    person: PersonId,
    sequence: u64,
    now: DateTime<Utc>,
) -> Result<()> {
    let connection = writing.connection;
    let mut inbox = Inbox::load(connection, tenant, person)?;
    let mark = StateChange::of(Action::Dismiss);
    let changed = [(sequence, mark.apply(StateBits::default()))];
    item_changes::write_states(connection, &mut inbox, &changed)?;
    read_times::record(connection, person, [sequence].into_iter(), mark, now)?;
    compact::compact(connection, &mut inbox, writing.limits)?;
    inbox.save_and_notify(writing).map(drop)
}

/// Writes a row for each item. The change must change all of them.
fn write_rows(writing: &mut WriteTransaction<'_>, inbox: Inbox, order: &ChangeCommand, part: u32, items: &[InboxRow]) -> Result<Snapshot> {
    let connection = writing.connection;
    if items.is_empty() {
        return inbox.snapshot(connection);
    }
    let changed: Vec<(u64, StateBits)> = items.iter().map(|item| (item.sequence, order.change.apply(item.state))).collect();
    let mut inverse = Inverse::of(order.change);
    inverse.items = items.iter().map(|item| item.sequence).collect();
    if order.change.is_snoozed() || order.change.is_dismissed() {
        for item in items.iter().filter(|item| item.state.is_snoozed()) {
            inverse.snoozed.extend(snooze::until(connection, order.person, item.sequence)?.map(|until| (item.sequence, until)));
        }
    }
    undo_log::save(connection, order, part, &inverse)?;
    if let Some(until) = order.snooze_until {
        for item in items {
            snooze::save(connection, order.person, item.sequence, until)?;
        }
    }
    item_changes::publish(writing, inbox, &changed)
}

/// Changes all items in the wanted states by changing watermarks: first, in steps, the rows with such a state,
/// then the spans.
fn change_watermarks(
    writing: &mut WriteTransaction<'_>,
    mut inbox: Inbox,
    order: &ChangeCommand,
    wanted: StateSet,
    up_to: u64,
    progress: Progress,
) -> Result<StepResult> {
    let connection = writing.connection;
    let mut inverse = Inverse::of(order.change);
    let revision = inbox.begin_change();
    let most = writing.limits.rows_per_step;
    for state in wanted.iter() {
        let left = most.saturating_sub(inverse.items.len()) as u32;
        for (sequence, state) in item_rows::in_state(connection, inbox.person, state, 0, up_to, left)? {
            item_rows::set(connection, inbox.person, sequence, order.change.apply(state), revision)?;
            inverse.items.push(sequence);
        }
    }
    let last = inverse.items.len() < most;
    if last {
        for span in inbox.watermarks.within(0, up_to).into_iter().filter(|span| wanted.contains(span.state)) {
            let base = order.change.apply(span.state);
            inverse.spans.push((span.low, span.high));
            for (sequence, state) in item_rows::within(connection, inbox.person, span.low, span.high, u32::MAX)? {
                inverse.unchanged_rows.push(sequence);
                if state == base {
                    // The span has the same state.
                    item_rows::remove(connection, inbox.person, sequence)?;
                }
            }
            inbox.watermarks.change(span.low, span.high, |_| base);
        }
        read_times::record_bulk(connection, order.person, up_to, order.change, order.now)?;
    }
    inbox.require_refetch();
    undo_log::save(connection, order, progress.parts, &inverse)?;
    let snapshot = inbox.save_and_notify(writing)?;
    Ok(if last {
        StepResult::Done(InboxChangeResult { undo: Some(order.undo), snapshot })
    } else {
        StepResult::More(Progress { parts: progress.parts + 1, ..progress })
    })
}
