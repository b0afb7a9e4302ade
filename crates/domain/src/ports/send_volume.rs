//! The port to the volume of what was sent in the store.

use async_trait::async_trait;
use campanile_shared::volume::Volume;
use chrono::NaiveDate;

use crate::{Result, TenantId, model::volume_filter::VolumeFilter};

/// The store of the volume of what was sent.
#[async_trait]
pub trait SendVolumeStore: Send + Sync + 'static {
    /// Counts the next notifications, at most `limit`, for [`volume`](Self::volume). Days before `first` are skipped
    /// and their counts deleted. Returns how many were counted. The counts may be lost when power fails; then
    /// they are counted again later.
    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32>;

    /// What a tenant sent in `days` days from `first` on, as far as it has been counted.
    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &VolumeFilter) -> Result<Volume>;
}
