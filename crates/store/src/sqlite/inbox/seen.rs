//! Records what a person has seen.

use campanile_domain::{PersonId, TenantId};
use campanile_shared::Snapshot;

use super::{
    super::{error::Result, write_transaction::WriteTransaction},
    Inbox,
};

/// Records that the person saw everything up to a sequence.
pub fn mark_seen(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot> {
    let mut inbox = Inbox::load(writing.connection, tenant, person)?;
    let up_to = up_to.min(inbox.head);
    if up_to <= inbox.seen_up_to {
        return inbox.snapshot(writing.connection);
    }
    inbox.begin_change();
    inbox.seen_up_to = up_to;
    inbox.save_and_notify(writing)
}
