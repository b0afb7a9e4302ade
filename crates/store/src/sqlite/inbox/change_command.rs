//! A requested change of the states of items.

use campanile_domain::{PersonId, TenantId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::state::{StateBits, StateChange};

/// A requested change.
#[derive(Clone, Copy)]
pub struct ChangeCommand {
    pub tenant: TenantId,
    pub person: PersonId,
    pub change: StateChange,
    /// When a snooze ends, in microseconds since 1970 UTC.
    pub snooze_until: Option<i64>,
    /// The id of the undo.
    pub undo: Uuid,
    pub now: DateTime<Utc>,
}

impl ChangeCommand {
    /// Whether it would change an item in this state. A snoozed item may get another end.
    pub fn changes(&self, state: StateBits) -> bool {
        self.change.changes(state) || self.snooze_until.is_some() && state.is_snoozed()
    }
}
