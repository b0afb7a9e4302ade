//! Which deliveries this process has in hand. Nothing of it is written: a delivery that was claimed
//! stays due in the file, so that whatever a dead process took is due as soon as another opens it.
//!
//! That needs one process to claim: the one that serves the file ([`super::ServerLock`]).

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The claims of one process.
#[derive(Default)]
pub struct Claims {
    /// Whoever claims keeps this: of two at the same time, the second must see what the first took.
    turn: tokio::sync::Mutex<()>,
    held: Mutex<HashMap<Uuid, Held>>,
}

#[derive(Clone, Copy)]
struct Held {
    row: i64,
    lease: DateTime<Utc>,
}

/// Nobody else claims meanwhile.
pub type Turn<'c> = tokio::sync::MutexGuard<'c, ()>;

impl Claims {
    /// Waits for the turn to claim.
    pub async fn turn(&self) -> Turn<'_> {
        self.turn.lock().await
    }

    /// The rows whose claims have not ended. To be asked before the deliveries are read: what was
    /// recorded in between is then either held or seen as it was recorded.
    pub fn rows(&self, now: DateTime<Utc>) -> HashSet<i64> {
        let mut held = self.lock();
        held.retain(|_, held| held.lease > now);
        held.values().map(|held| held.row).collect()
    }

    /// Claims these rows of deliveries until the lease ends.
    pub fn hold(&self, claimed: impl IntoIterator<Item = (Uuid, i64)>, lease: DateTime<Utc>) {
        self.lock().extend(claimed.into_iter().map(|(id, row)| (id, Held { row, lease })));
    }

    /// The row of a delivery in hand.
    pub fn row(&self, id: Uuid) -> Option<i64> {
        self.lock().get(&id).map(|held| held.row)
    }

    /// All rows in hand, and when the first claim ends.
    pub fn all(&self) -> (HashSet<i64>, Option<DateTime<Utc>>) {
        let held = self.lock();
        (held.values().map(|held| held.row).collect(), held.values().map(|held| held.lease).min())
    }

    /// Ends the claims on these.
    pub fn end(&self, ids: impl IntoIterator<Item = Uuid>) {
        let mut held = self.lock();
        for id in ids {
            held.remove(&id);
        }
    }

    /// Ends a claim that ends at this instant anyway; one that somebody else has by now stays.
    pub fn release(&self, claims: &[(Uuid, DateTime<Utc>)]) {
        let mut held = self.lock();
        for (id, lease) in claims {
            if held.get(id).is_some_and(|held| held.lease == *lease) {
                held.remove(id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
