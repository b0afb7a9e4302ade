//! Whether the store works, for health probes.

use crate::{Campanile, Result, ports::health::ThreadReport};

impl Campanile {
    /// The state of the store's threads.
    pub fn store_threads(&self) -> Vec<ThreadReport> {
        self.store.threads()
    }

    /// Checks that the store can be read and written.
    pub async fn check_store(&self) -> Result<()> {
        self.store.check().await
    }
}
