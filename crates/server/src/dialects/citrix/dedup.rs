//! The tenant setting that stores equal events only once.
//!
//! The vendor asks for a unique `eventId` without enforcing it, so two creates with one event id are two
//! notifications. Decided here: a tenant can choose that a create with the same event id and body as an
//! earlier one is not stored again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use campanile_domain::{TenantId, model::access::Actor};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::errors::CitrixError;
use crate::state::AppState;

/// How long a tenant's setting is cached, so that most creates need no query.
const CACHE_TTL: TimeDelta = TimeDelta::seconds(1);

/// A cache of the setting by tenant.
#[derive(Default)]
pub struct DedupSetting {
    cache: Mutex<HashMap<TenantId, (DateTime<Utc>, bool)>>,
}

impl DedupSetting {
    /// Whether the sender's tenant stores equal events only once.
    pub async fn is_enabled(&self, app: &AppState, by: &Actor) -> Result<bool, CitrixError> {
        let now = app.campanile.now();
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(&by.tenant()).copied();
        if let Some((_, chosen)) = cached.filter(|(at, _)| (now - at).abs() < CACHE_TTL) {
            return Ok(chosen);
        }
        let chosen = app.campanile.has_unique_events(by).await?;
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).insert(by.tenant(), (now, chosen));
        Ok(chosen)
    }
}

/// The fingerprint of an event: SHA-256 over its id and the response body, which has every default filled
/// in and a fixed order of fields.
pub fn fingerprint(event_id: &str, echo: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((event_id.len() as u64).to_be_bytes());
    hash.update(event_id);
    hash.update(echo);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_covers_event_id_and_body() {
        assert_eq!(fingerprint("a", b"b"), fingerprint("a", b"b"));
        assert_ne!(fingerprint("a", b"b"), fingerprint("a", b"c"));
        assert_ne!(fingerprint("ab", b"c"), fingerprint("a", b"bc"));
    }
}
