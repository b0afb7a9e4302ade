//! The port to the store's own health.

use async_trait::async_trait;
use campanile_domain::{
    Result,
    ports::health::{HealthStore, ThreadReport},
};

use crate::sqlite::{Sqlite, threads};

#[async_trait]
impl HealthStore for Sqlite {
    fn threads(&self) -> Vec<ThreadReport> {
        self.writer
            .report()
            .into_iter()
            .chain(self.checkpoint_thread.iter().map(threads::ThreadMonitor::report))
            .chain(self.read_pool.report())
            .collect()
    }

    async fn check(&self) -> Result<()> {
        self.read_pool.read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
        self.writer.write(|_| Ok(())).await
    }
}
