//! Catching up with the search index when it lags behind: before a search, and in housekeeping.

use campanile_domain::{Error, Result};
use campanile_shared::Filter;

use super::{
    Sqlite,
    read_pool::QueryPermit,
    search_index::{self, INDEX_BATCH},
    write_transaction::WriteTransaction,
};

/// The most steps of the index in one round of housekeeping.
const MAX_REBUILD_STEPS: u32 = 10;

impl Sqlite {
    /// Waits for a thread to query the inbox. When the search index lags far behind, a search first writes one
    /// step of it: only one, so that others do not wait long for the writer. On a full disk the index stays
    /// behind and the search goes on.
    pub(crate) async fn query_permit(&self, filter: &Filter) -> Result<QueryPermit> {
        let turn = self.read_pool.acquire_query().await?;
        if filter.text.is_some() && self.read_pool.read(search_index::is_lagging).await? {
            let step = |writing: &mut WriteTransaction<'_>| {
                search_index::index(writing.connection, INDEX_BATCH)?;
                search_index::merge(writing.connection, search_index::MERGE_PAGES_PER_STEP)
            };
            match self.writer.write_relaxed(step).await {
                Ok(_) | Err(Error::StorageFull) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(turn)
    }

    /// Writes a part of the search index when it lags far behind, for example after a full disk. Other writes
    /// may run between the steps.
    pub(crate) async fn rebuild_search_index(&self) -> Result<()> {
        for _ in 0..MAX_REBUILD_STEPS {
            if !self.read_pool.read(search_index::is_far_behind).await? {
                break;
            }
            let step = |writing: &mut WriteTransaction<'_>| {
                search_index::index(writing.connection, INDEX_BATCH)?;
                search_index::merge(writing.connection, search_index::MERGE_PAGES_PER_STEP)
            };
            match self.writer.write_relaxed(step).await {
                Ok(_) => {}
                Err(Error::StorageFull) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
