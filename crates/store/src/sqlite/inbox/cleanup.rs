//! Removes rows of deleted items from inboxes that did not change since.

use campanile_domain::{PersonId, TenantId};
use rusqlite::{Connection, params};

use super::{super::error::Result, item_rows};

/// The most inboxes that one step of housekeeping cleans.
const MAX_TIDIED_INBOXES: u32 = 100;

/// Removes rows of deleted items from inboxes that did not change since, a few inboxes at a time.
pub fn tidy(connection: &Connection, tenant: TenantId, purged_up_to: u64) -> Result<()> {
    let sql = "SELECT person FROM inbox WHERE tenant = ?1 AND cleaned_up_to < ?2 ORDER BY cleaned_up_to LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let people: Vec<i64> =
        statement.query_map(params![tenant.0, purged_up_to, MAX_TIDIED_INBOXES], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for person in people {
        if !item_rows::remove_up_to(connection, PersonId(person), purged_up_to)? {
            break;
        }
        let sql = "UPDATE inbox SET cleaned_up_to = ?2 WHERE person = ?1";
        connection.prepare_cached(sql)?.execute(params![person, purged_up_to])?;
    }
    Ok(())
}
