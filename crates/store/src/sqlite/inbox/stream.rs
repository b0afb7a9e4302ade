//! What a live stream starts with, and what decides whether it may go on.

use campanile_domain::{
    PersonId, TenantId,
    model::{grant::ListenerAccess, inbox_item::StreamStart},
};
use rusqlite::Connection;

use super::{super::error::Result, Inbox, key_ranges};

/// What a live stream starts with.
pub fn stream_start(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<StreamStart> {
    let inbox = Inbox::load(connection, tenant, person)?;
    Ok(StreamStart { keys: key_ranges::current_keys(connection, tenant, person)?, snapshot: inbox.snapshot(connection)? })
}

/// What decides whether a live stream may go on.
pub fn stream_state(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<ListenerAccess> {
    let inbox = Inbox::load(connection, tenant, person)?;
    Ok(ListenerAccess { keys: key_ranges::current_keys(connection, tenant, person)?, revision: inbox.shown_revision() })
}
