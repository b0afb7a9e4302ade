//! A cache of the ids of audience keys and components, for the thread that writes.

use std::collections::HashMap;

use campanile_domain::{AudienceKey, TenantId};
use rusqlite::{Connection, params};

use super::{audience_keys, components, error::Result};

/// A cache of the ids of keys and components. Their rows are never deleted, so an id stays valid. After a
/// rollback the cache must be cleared, because the rollback may have removed a row.
#[derive(Default)]
pub struct KeyCache {
    keys: HashMap<(TenantId, AudienceKey), i64>,
    components: HashMap<(TenantId, String), i64>,
}

/// The size at which the cache is cleared.
const MAX_CACHED: usize = 10_000;

impl KeyCache {
    /// The id of a key. Inserts its row if it is new.
    pub fn key(&mut self, connection: &Connection, tenant: TenantId, key: &AudienceKey) -> Result<i64> {
        let place = (tenant, key.clone());
        if let Some(id) = self.keys.get(&place) {
            return Ok(*id);
        }
        let (kind, object, relation) = audience_keys::key_columns(key);
        let id = match audience_keys::find(connection, tenant, key)? {
            Some(id) => id,
            None => connection
                .prepare_cached("INSERT INTO audience_key (tenant, kind, object, relation) VALUES (?1, ?2, ?3, ?4)")?
                .insert(params![tenant.0, kind, object, relation])?,
        };
        if self.keys.len() >= MAX_CACHED {
            self.keys.clear();
        }
        self.keys.insert(place, id);
        Ok(id)
    }

    /// The id of a component. Inserts its row if it is new.
    pub fn component(&mut self, connection: &Connection, tenant: TenantId, name: &str) -> Result<i64> {
        let place = (tenant, name.to_owned());
        if let Some(id) = self.components.get(&place) {
            return Ok(*id);
        }
        let id = match components::find(connection, tenant, name)? {
            Some(id) => id,
            None => connection.prepare_cached("INSERT INTO component (tenant, name) VALUES (?1, ?2)")?.insert(params![tenant.0, name])?,
        };
        if self.components.len() >= MAX_CACHED {
            self.components.clear();
        }
        self.components.insert(place, id);
        Ok(id)
    }
}
