//! The port to the store's own health in the store.

use async_trait::async_trait;
use serde::Serialize;

use crate::Result;

/// The state of one of the store's threads.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct ThreadReport {
    /// The thread's name.
    pub name: &'static str,
    /// Whether it is running; `false` means that it has ended.
    pub running: bool,
    /// How many panics it has survived.
    pub panics: u64,
}

/// The store's own health.
#[async_trait]
pub trait HealthStore: Send + Sync + 'static {
    /// The state of the store's threads.
    fn threads(&self) -> Vec<ThreadReport>;

    /// Checks that the store can be read and written.
    async fn check(&self) -> Result<()>;
}
