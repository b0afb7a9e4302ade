//! The deliveries that this process has leased. Leases are only in memory: a leased delivery stays due in the
//! file, so that it is due again as soon as another process opens the file.
//!
//! A column for the lease is the usual way. It costs a write and a place in a commit for each delivery before
//! it is attempted; leases in memory cost none.
//!
//! Only one process may lease deliveries: the one that serves the file ([`super::ServerLock`]).

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The leases of this process.
#[derive(Default)]
pub struct Leases {
    /// Held while deliveries are leased: of two calls at the same time, the second must see what the first
    /// took.
    lease_lock: tokio::sync::Mutex<()>,
    leased: Mutex<HashMap<Uuid, Lease>>,
}

#[derive(Clone, Copy)]
struct Lease {
    row: i64,
    lease: DateTime<Utc>,
}

/// While it exists, no other call leases deliveries.
pub type LeaseGuard<'c> = tokio::sync::MutexGuard<'c, ()>;

impl Leases {
    /// Waits until this call may lease deliveries.
    pub async fn lock_leasing(&self) -> LeaseGuard<'_> {
        self.lease_lock.lock().await
    }

    /// The rows whose leases have not ended. Ask before reading the deliveries: an outcome recorded in between
    /// is then either still leased or read as recorded.
    pub fn leased_rows(&self, now: DateTime<Utc>) -> HashSet<i64> {
        let mut held = self.lock();
        held.retain(|_, held| held.lease > now);
        held.values().map(|held| held.row).collect()
    }

    /// Leases these deliveries until `lease`.
    pub fn lease(&self, claimed: impl IntoIterator<Item = (Uuid, i64)>, lease: DateTime<Utc>) {
        self.lock().extend(claimed.into_iter().map(|(id, row)| (id, Lease { row, lease })));
    }

    /// The row of a leased delivery.
    pub fn row_of(&self, id: Uuid) -> Option<i64> {
        self.lock().get(&id).map(|held| held.row)
    }

    /// All leased rows, and when the first lease ends.
    pub fn rows_and_first_end(&self) -> (HashSet<i64>, Option<DateTime<Utc>>) {
        let held = self.lock();
        (held.values().map(|held| held.row).collect(), held.values().map(|held| held.lease).min())
    }

    /// Ends the leases of these deliveries.
    pub fn end(&self, ids: impl IntoIterator<Item = Uuid>) {
        let mut held = self.lock();
        for id in ids {
            held.remove(&id);
        }
    }

    /// Ends leases early. A lease with another end belongs to another call and stays.
    pub fn release(&self, claims: &[(Uuid, DateTime<Utc>)]) {
        let mut held = self.lock();
        for (id, lease) in claims {
            if held.get(id).is_some_and(|held| held.lease == *lease) {
                held.remove(id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Lease>> {
        self.leased.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
