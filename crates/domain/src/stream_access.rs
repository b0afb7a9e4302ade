//! Whether open streams may go on after rights have changed.

use crate::{
    Campanile, Result,
    model::grant::{Listener, ListenerAccess},
};

impl Campanile {
    /// What each listener has access to now; `None` for those whose credential has expired or was revoked.
    pub async fn stream_access(&self, listeners: Vec<Listener>) -> Result<Vec<Option<ListenerAccess>>> {
        self.store.listener_access(listeners, self.now()).await
    }

    /// Looks whether another process has changed the store since the last call. If so, the listener gets
    /// [`crate::StoreEvent::ChangedByOtherProcess`].
    pub async fn check_other_processes(&self) -> Result<()> {
        self.store.check_other_processes().await
    }
}
