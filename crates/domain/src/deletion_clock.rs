//! The state of the deletion time in this process.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::model::deletion_time::DeletionTime;

/// The deletion time of the running process.
#[derive(Default)]
pub struct DeletionClock(Mutex<Option<ClockState>>);

#[derive(Clone, Copy)]
pub(crate) struct ClockState {
    pub(crate) time: DeletionTime,
    pub(crate) stored: Option<DeletionTime>,
    /// The monotonic time when it last advanced.
    pub(crate) at: Duration,
    /// The monotonic time until which work that cannot be undone waits.
    pub(crate) distrusted_until: Duration,
}

impl DeletionClock {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Option<ClockState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
