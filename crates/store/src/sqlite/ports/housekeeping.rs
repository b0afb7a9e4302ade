//! The port to housekeeping: what expires, returns or is deleted.

use std::sync::Arc;

use async_trait::async_trait;
use campanile_domain::{Error, Result, model::deletion_time::DeletionTime, ports::housekeeping::HousekeepingStore};
use chrono::{DateTime, Utc};

use crate::sqlite::{Sqlite, deletion_time, housekeeping, inbox};

#[async_trait]
impl HousekeepingStore for Sqlite {
    async fn check_other_processes(&self) -> Result<()> {
        let elsewhere = Arc::clone(&self.external_commits);
        self.writer.write_relaxed(move |writing| elsewhere.check(writing)).await
    }

    async fn resurface_snoozed(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.read_pool.read(move |connection| inbox::resurface::is_due(connection, now)).await? {
            return Ok(0);
        }
        self.writer.write(move |writing| inbox::resurface::resurface_due(writing, now, limit)).await
    }

    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| housekeeping::expire(writing, now, limit)).await
    }

    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        let purged = self.writer.write(move |writing| housekeeping::purge(writing, now, limit)).await?;
        match self.writer.write(move |writing| housekeeping::tidy_search(writing, limit)).await {
            // The next round tries again, when there is more room.
            Err(Error::StorageFull) => return Ok(purged),
            tidied => tidied?,
        }
        self.rebuild_search_index().await?;
        Ok(purged)
    }

    async fn deletion_time(&self) -> Result<Option<DeletionTime>> {
        self.read_pool.read(deletion_time::load).await
    }

    async fn set_deletion_time(&self, time: DeletionTime) -> Result<()> {
        self.writer.write_relaxed(move |writing| deletion_time::save(writing, time)).await
    }
}
