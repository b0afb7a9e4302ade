//! When API keys were last used.
//!
//! Uses are recorded in memory when a key is looked up. Housekeeping writes them at most once a minute for
//! each key, so that no request waits for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::KeyId;

/// How long to wait before the use of a key is written again.
const WRITE_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// When keys were last used, in this process.
#[derive(Clone, Default)]
pub(crate) struct ApiKeyUsage(Arc<Mutex<HashMap<KeyId, LastUse>>>);

/// The last use of a key.
struct LastUse {
    at: DateTime<Utc>,
    /// The last use that was written.
    written: Option<DateTime<Utc>>,
}

impl ApiKeyUsage {
    /// Records that a key is used.
    pub(crate) fn record(&self, key: KeyId, now: DateTime<Utc>) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.entry(key).and_modify(|one| one.at = now).or_insert(LastUse { at: now, written: None });
    }

    pub(crate) fn last(&self, key: KeyId) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).map(|one| one.at)
    }

    /// The uses that are due to be written.
    pub(crate) fn uses_to_write(&self) -> Vec<(KeyId, DateTime<Utc>)> {
        let uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |one: &LastUse| one.written.is_none_or(|written| one.at - written >= WRITE_INTERVAL);
        uses.iter().filter(|(_, one)| due(one)).map(|(key, one)| (*key, one.at)).collect()
    }

    pub(crate) fn mark_written(&self, written: &[(KeyId, DateTime<Utc>)]) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, at) in written {
            if let Some(one) = uses.get_mut(key) {
                one.written = Some(*at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute() {
        let uses = ApiKeyUsage::default();
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        uses.record(KeyId(1), at(0));
        assert_eq!(uses.uses_to_write(), [(KeyId(1), at(0))]);
        uses.mark_written(&uses.uses_to_write());
        uses.record(KeyId(1), at(59));
        assert_eq!((uses.uses_to_write(), uses.last(KeyId(1))), (Vec::new(), Some(at(59))));
        uses.record(KeyId(1), at(60));
        assert_eq!(uses.uses_to_write(), [(KeyId(1), at(60))]);
    }
}
