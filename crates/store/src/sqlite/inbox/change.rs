//! Changes the state of items, either of given ids or of all that match.
//!
//! A change of all that match runs in steps, each a write of its own, so that others do not wait long for the
//! writer. The steps share one undo.

use std::collections::BTreeMap;

use campanile_domain::{PersonId, TenantId};
use campanile_shared::{Changed, Snapshot, View, inbox::Action, live::ItemChange};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    super::{fault::Result, values::uuid, writer::Writing},
    Inbox, compact, moments,
    page::sequence_of,
    scan::{Candidate, Scan, one},
    snoozes, touched,
    undo::{self, Inverse},
};
use crate::state::{Mark, State, States};

/// A requested change.
#[derive(Clone, Copy)]
pub struct Order {
    pub tenant: TenantId,
    pub person: PersonId,
    pub mark: Mark,
    /// When a snooze ends, in microseconds since 1970 UTC.
    pub until: Option<i64>,
    /// The id of the undo.
    pub undo: Uuid,
    pub now: DateTime<Utc>,
}

impl Order {
    /// Whether it would change an item in this state. A snoozed item may get another end.
    fn changes(&self, state: State) -> bool {
        self.mark.changes(state) || self.until.is_some() && state.is_snoozed()
    }
}

/// The progress of a change in steps.
#[derive(Clone, Copy, Default)]
pub struct Progress {
    /// How many steps changed something.
    parts: u32,
    /// The next step looks below this sequence.
    pub before: Option<u64>,
    /// Whether to change watermarks instead of writing rows.
    sweeping: bool,
}

/// The result of a step.
pub enum Step {
    More(Progress),
    Done(Changed),
}

/// Changes the items with these ids that are in the inbox.
pub fn ids(writing: &mut Writing<'_>, order: &Order, ids: &[Uuid]) -> Result<Changed> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, order.tenant, order.person)?;
    let mut items = BTreeMap::new();
    for id in ids {
        if let Some(sequence) = sequence_of(connection, order.tenant, *id)?
            && let Some(item) = one(connection, &inbox, sequence)?
            && order.changes(item.state)
        {
            items.insert(sequence, item);
        }
    }
    let items: Vec<Candidate> = items.into_values().collect();
    moments::note(connection, order.person, items.iter().map(|item| item.sequence), order.mark, order.now)?;
    let snapshot = apply(writing, inbox, order, 0, &items)?;
    Ok(Changed { undo: (!items.is_empty()).then_some(order.undo), snapshot })
}

/// One step of changing all items of a view up to a sequence.
pub fn view(writing: &mut Writing<'_>, order: &Order, view: View, up_to: u64, progress: Progress) -> Result<Step> {
    let connection = writing.connection;
    let inbox = Inbox::load(connection, order.tenant, order.person)?;
    let up_to = up_to.min(inbox.head);
    let wanted = States::of(view).filter(|state| order.changes(state));
    if progress.sweeping {
        return sweep(writing, inbox, order, wanted, up_to, progress);
    }
    // The end of each snooze is in a row of its own.
    let by_rows = order.mark.is_snoozed() || order.mark.is_dismissed() && wanted.iter().any(State::is_snoozed);
    let most = if by_rows { writing.limits.step } else { writing.limits.told };
    let mut scan = Scan::new(connection, &inbox, wanted, 0, Some(progress.before.unwrap_or(up_to + 1)));
    let mut items = collect(&mut scan, most + 1)?;
    let more = items.len() > most;
    items.truncate(most);
    if more && !by_rows {
        // Too many to list one by one, and only their states decide: change the watermarks.
        return sweep(writing, inbox, order, wanted, up_to, Progress { sweeping: true, ..progress });
    }
    let rest = items.last().filter(|_| more).map(|last| last.sequence);
    finish(writing, inbox, order, items, rest, progress)
}

/// One step of changing items that a filter found, if they are still in the view. Below `rest` there may be
/// more.
pub fn found(
    writing: &mut Writing<'_>,
    order: &Order,
    view: View,
    sequences: &[u64],
    rest: Option<u64>,
    progress: Progress,
) -> Result<Step> {
    let inbox = Inbox::load(writing.connection, order.tenant, order.person)?;
    let wanted = States::of(view).filter(|state| order.changes(state));
    let mut items = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        items.extend(one(writing.connection, &inbox, *sequence)?.filter(|item| wanted.contains(item.state)));
    }
    finish(writing, inbox, order, items, rest, progress)
}

/// Ends a step that changes these items.
fn finish(
    writing: &mut Writing<'_>,
    inbox: Inbox,
    order: &Order,
    items: Vec<Candidate>,
    rest: Option<u64>,
    progress: Progress,
) -> Result<Step> {
    moments::note(writing.connection, order.person, items.iter().map(|item| item.sequence), order.mark, order.now)?;
    let snapshot = apply(writing, inbox, order, progress.parts, &items)?;
    let parts = progress.parts + u32::from(!items.is_empty());
    Ok(match rest {
        Some(_) => Step::More(Progress { parts, before: rest, ..progress }),
        None => Step::Done(Changed { undo: (parts > 0).then_some(order.undo), snapshot }),
    })
}

/// Dismisses a notification that was just stored, as if the person had done it.
pub fn put_away(writing: &mut Writing<'_>, tenant: TenantId, person: PersonId, sequence: u64, now: DateTime<Utc>) -> Result<()> {
    let connection = writing.connection;
    let mut inbox = Inbox::load(connection, tenant, person)?;
    let mark = Mark::of(Action::Dismiss);
    let changed = [(sequence, mark.apply(State::default()))];
    write(connection, &mut inbox, &changed)?;
    moments::note(connection, person, [sequence].into_iter(), mark, now)?;
    compact::compact(connection, &mut inbox, writing.limits)?;
    let changes = told(connection, &inbox, &changed, writing.limits.told)?;
    inbox.publish(writing, changes).map(drop)
}

/// Writes a row for each item. The change must change all of them.
fn apply(writing: &mut Writing<'_>, inbox: Inbox, order: &Order, part: u32, items: &[Candidate]) -> Result<Snapshot> {
    let connection = writing.connection;
    if items.is_empty() {
        return inbox.snapshot(connection);
    }
    let changed: Vec<(u64, State)> = items.iter().map(|item| (item.sequence, order.mark.apply(item.state))).collect();
    let mut inverse = Inverse::of(order.mark);
    inverse.items = items.iter().map(|item| item.sequence).collect();
    if order.mark.is_snoozed() || order.mark.is_dismissed() {
        for item in items.iter().filter(|item| item.state.is_snoozed()) {
            inverse.snoozed.extend(snoozes::until(connection, order.person, item.sequence)?.map(|until| (item.sequence, until)));
        }
    }
    undo::keep(connection, order, part, &inverse)?;
    if let Some(until) = order.until {
        for item in items {
            snoozes::keep(connection, order.person, item.sequence, until)?;
        }
    }
    publish(writing, inbox, &changed)
}

/// Gives items new states and notifies listeners.
pub fn publish(writing: &mut Writing<'_>, mut inbox: Inbox, changed: &[(u64, State)]) -> Result<Snapshot> {
    let connection = writing.connection;
    write(connection, &mut inbox, changed)?;
    compact::compact(connection, &mut inbox, writing.limits)?;
    let changes = told(connection, &inbox, changed, writing.limits.told)?;
    inbox.publish(writing, changes)
}

/// Gives items new states, as one change of the inbox.
pub fn write(connection: &Connection, inbox: &mut Inbox, changed: &[(u64, State)]) -> Result<()> {
    let revision = inbox.touch();
    for (sequence, state) in changed {
        inbox.fresh += u64::from(touched::set(connection, inbox.person, *sequence, *state, revision)?);
    }
    Ok(())
}

/// The changes as live streams report them; `None` when there are too many.
pub fn told(connection: &Connection, inbox: &Inbox, changed: &[(u64, State)], most: usize) -> Result<Option<Vec<ItemChange>>> {
    if changed.len() > most {
        return Ok(None);
    }
    let mut changes = Vec::with_capacity(changed.len());
    for (sequence, state) in changed {
        let mut statement = connection.prepare_cached("SELECT id FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
        let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
        if let Some(row) = rows.next()? {
            let state = snoozes::shown(connection, inbox.person, *sequence, *state)?;
            changes.push(ItemChange { id: uuid(row, 0)?, state });
        }
    }
    Ok(Some(changes))
}

/// Changes all items in the wanted states by changing watermarks: first, in steps, the rows with such a state,
/// then the spans.
fn sweep(writing: &mut Writing<'_>, mut inbox: Inbox, order: &Order, wanted: States, up_to: u64, progress: Progress) -> Result<Step> {
    let connection = writing.connection;
    let mut inverse = Inverse::of(order.mark);
    let revision = inbox.touch();
    let most = writing.limits.step;
    for state in wanted.iter() {
        let left = most.saturating_sub(inverse.items.len()) as u32;
        for (sequence, state) in touched::in_state(connection, inbox.person, state, 0, up_to, left)? {
            touched::set(connection, inbox.person, sequence, order.mark.apply(state), revision)?;
            inverse.items.push(sequence);
        }
    }
    let last = inverse.items.len() < most;
    if last {
        for span in inbox.spans.within(0, up_to).into_iter().filter(|span| wanted.contains(span.state)) {
            let base = order.mark.apply(span.state);
            inverse.spans.push((span.low, span.high));
            for (sequence, state) in touched::within(connection, inbox.person, span.low, span.high, u32::MAX)? {
                inverse.kept.push(sequence);
                if state == base {
                    // The span has the same state.
                    touched::remove(connection, inbox.person, sequence)?;
                }
            }
            inbox.spans.change(span.low, span.high, |_| base);
        }
        moments::note_all(connection, order.person, up_to, order.mark, order.now)?;
    }
    inbox.cannot_tell();
    undo::keep(connection, order, progress.parts, &inverse)?;
    let snapshot = inbox.publish(writing, None)?;
    Ok(if last {
        Step::Done(Changed { undo: Some(order.undo), snapshot })
    } else {
        Step::More(Progress { parts: progress.parts + 1, ..progress })
    })
}

/// The next items of a scan, at most this many.
pub fn collect(scan: &mut Scan<'_>, most: usize) -> Result<Vec<Candidate>> {
    let mut items = Vec::new();
    while items.len() < most
        && let Some(item) = scan.next()?
    {
        items.push(item);
    }
    Ok(items)
}
