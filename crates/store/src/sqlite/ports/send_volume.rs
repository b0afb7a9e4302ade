//! The port to the volume of what was sent.

use async_trait::async_trait;
use campanile_domain::{Result, TenantId, model::volume_filter::VolumeFilter, ports::send_volume::SendVolumeStore};
use campanile_shared::volume::Volume;
use chrono::NaiveDate;

use crate::sqlite::{Sqlite, volume};

#[async_trait]
impl SendVolumeStore for Sqlite {
    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32> {
        let step = self.read_pool.read(move |connection| volume::count(connection, first, limit)).await?;
        let notifications = step.notifications;
        // No caller should wait for a write that does nothing.
        if notifications > 0 {
            self.writer.write_relaxed(move |writing| volume::save(writing, &step, first)).await?;
        }
        Ok(notifications)
    }

    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &VolumeFilter) -> Result<Volume> {
        let of = of.clone();
        self.read_pool.query(move |connection| volume::report(connection, tenant, first, days, &of)).await
    }
}
