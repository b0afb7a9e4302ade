//! How long idempotency keys are remembered, and the keys of requests that are still running.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::TimeDelta;

use crate::{Error, Result, TenantId, model::idempotency::IdempotencyKey};

/// How long a response is kept under its idempotency key (24 hours). A later request with the key is a new one.
pub const IDEMPOTENCY_KEY_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The idempotency keys of requests that are still running.
#[derive(Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<(TenantId, String, String)>>>);

/// Marks an idempotency key as in use; dropped, it allows the next request with the key.
pub(crate) struct InFlightGuard {
    in_flight: InFlight,
    claim: (TenantId, String, String),
}

impl InFlight {
    pub(crate) fn begin(&self, tenant: TenantId, claim: &IdempotencyKey) -> Result<InFlightGuard> {
        let claim = (tenant, claim.scope.clone(), claim.key.clone());
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(claim.clone());
        if new { Ok(InFlightGuard { in_flight: self.clone(), claim }) } else { Err(Error::InProgress) }
    }

    pub(crate) fn contains(&self, tenant: TenantId, claim: &IdempotencyKey) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(tenant, claim.scope.clone(), claim.key.clone()))
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.claim);
    }
}
