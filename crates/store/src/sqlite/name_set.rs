//! A temporary set of names in a database of its own. SQLite keeps the first names in memory and the others in
//! an unnamed file that is deleted with it (SQLite, "Temporary Files", §2.9).

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use campanile_domain::{Error, ports::temporary_names::TemporaryNames};
use rusqlite::Connection;

use super::error::Result;

/// How much of it is in memory, in KiB.
const CACHE_KIB: i64 = 2 << 10;

/// The set.
pub struct NameSet(Arc<Mutex<Connection>>);

impl NameSet {
    /// Creates an empty set.
    pub fn new() -> Result<Self> {
        let connection = Connection::open("")?;
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.execute_batch("CREATE TABLE name (name TEXT PRIMARY KEY) WITHOUT ROWID")?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs work on a thread that may wait for the disk.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> campanile_domain::Result<T> {
        let connection = Arc::clone(&self.0);
        let work = move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Unavailable(error.into()))?;
        Ok(done.map_err(super::error::StoreError::from)?)
    }
}

#[async_trait]
impl TemporaryNames for NameSet {
    async fn insert(&self, names: Vec<String>) -> campanile_domain::Result<()> {
        self.run_blocking(move |connection| {
            let transaction = connection.unchecked_transaction()?;
            let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO name (name) VALUES (?1)")?;
            for name in names {
                insert.execute([name])?;
            }
            drop(insert);
            transaction.commit()
        })
        .await
    }

    async fn contains(&self, name: &str) -> campanile_domain::Result<bool> {
        let name = name.to_owned();
        self.run_blocking(move |connection| connection.prepare_cached("SELECT 1 FROM name WHERE name = ?1")?.exists([name])).await
    }
}
