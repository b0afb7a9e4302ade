//! Reads notifications that have just arrived, for the live streams.

use campanile_domain::{
    AudienceKey, TenantId,
    model::{inbox_item::ArrivedNotification, listing::Listing},
};
use rusqlite::{Connection, params};

use super::{
    audience_keys::from_columns,
    columns::{NOTIFICATION_COLUMNS, json, notification},
    error::Result,
    page_budget::PageBudget,
    pagination::row_bytes,
};

/// The notifications with these sequences that are in inboxes, as many as fit into a page.
pub fn arrived(connection: &Connection, tenant: TenantId, sequences: &[u64]) -> Result<Listing<ArrivedNotification, u64>> {
    let sql = format!("SELECT {NOTIFICATION_COLUMNS}, keys FROM notification WHERE tenant = ?1 AND sequence = ?2 AND withdrawn = 0");
    let mut statement = connection.prepare_cached(&sql)?;
    let (mut items, mut budget) = (Vec::new(), PageBudget::page());
    for sequence in sequences {
        let mut rows = statement.query(params![tenant.0, sequence])?;
        let Some(row) = rows.next()? else { continue };
        if !budget.take(row_bytes(row)) {
            return Ok(Listing { items, next: Some(*sequence) });
        }
        let ids: Vec<i64> = json(row, row.as_ref().column_count() - 1)?;
        items.push(ArrivedNotification { notification: notification(row)?, keys: keys(connection, &ids)? });
    }
    Ok(Listing { items, next: None })
}

fn keys(connection: &Connection, ids: &[i64]) -> Result<Vec<AudienceKey>> {
    let mut statement = connection.prepare_cached("SELECT kind, object, relation FROM audience_key WHERE id = ?1")?;
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = statement.query([id])?;
        if let Some(row) = rows.next()? {
            keys.push(from_columns(row, 0)?);
        }
    }
    Ok(keys)
}
