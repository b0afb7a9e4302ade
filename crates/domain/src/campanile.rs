//! The use cases' common ground: the ports they work on.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Clock, Random, Store, random, send::Running};

/// Campanile itself. Its methods are the use cases, each in the module named after it.
#[derive(Clone)]
pub struct Campanile {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) running: Running,
}

impl Campanile {
    /// Campanile on these ports.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, clock, random, running: Running::default() }
    }

    /// What is kept.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The current instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id that sorts by time.
    pub fn new_id(&self) -> Uuid {
        random::uuid_v7(&*self.random, self.now())
    }
}
