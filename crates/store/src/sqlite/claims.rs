//! Which deliveries this process has in hand. Nothing of it is written: a delivery that was claimed
//! stays due in the file, so that whatever a dead process took is due as soon as another opens it.
//!
//! That needs one process to claim at a time. A lock on a file beside the database says which; the
//! system ends it with the process.

use std::{
    collections::{HashMap, HashSet},
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use campanile_domain::{Error, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::private;

/// The claims of one process.
pub struct Claims {
    path: PathBuf,
    /// The lock, once it is ours. Whoever claims keeps this: of two at the same time, the second
    /// must see what the first took.
    turn: tokio::sync::Mutex<Option<File>>,
    held: Mutex<HashMap<Uuid, Held>>,
}

#[derive(Clone, Copy)]
struct Held {
    row: i64,
    lease: DateTime<Utc>,
}

/// Nobody else claims meanwhile.
pub type Turn<'c> = tokio::sync::MutexGuard<'c, Option<File>>;

impl Claims {
    /// Of the database in this file.
    pub fn new(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-claims");
        Self { path: path.into(), turn: tokio::sync::Mutex::default(), held: Mutex::default() }
    }

    /// Waits for the turn to claim; `None` while another process has the claims of this file.
    pub async fn turn(&self) -> Result<Option<Turn<'_>>> {
        let mut turn = self.turn.lock().await;
        if turn.is_none() {
            let unavailable = |error: std::io::Error| Error::Unavailable(error.into());
            private::make(&self.path).map_err(unavailable)?;
            let file = File::options().create(true).append(true).open(&self.path).map_err(unavailable)?;
            match file.try_lock() {
                Ok(()) => *turn = Some(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(unavailable(error)),
            }
        }
        Ok(Some(turn))
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
