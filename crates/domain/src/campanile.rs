//! The use cases' common ground: the ports they work on.

use std::sync::{Arc, atomic::AtomicU64};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Clock, Random, Result, Store, Tenant, TenantSettings, channel::Channels, identity::KnownKeys, keys::KeyUses, random, secret,
    send::Running, webhook::Formats,
};

/// Campanile itself. Its methods are the use cases, each in the module named after it.
#[derive(Clone)]
pub struct Campanile {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) running: Running,
    pub(crate) known_keys: KnownKeys,
    pub(crate) key_uses: KeyUses,
    pub(crate) channels: Channels,
    pub(crate) formats: Formats,
    /// Rings when something was stored that is to leave the house.
    pub(crate) outgoing: Arc<Notify>,
    /// How often something was corrected in this process.
    pub(crate) corrections: Arc<AtomicU64>,
    /// Rings when attempts were recorded, and when mailings were planned.
    pub(crate) settled: Arc<Notify>,
}

impl Campanile {
    /// Campanile on these ports.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            store,
            clock,
            random,
            running: Running::default(),
            known_keys: KnownKeys::default(),
            key_uses: KeyUses::default(),
            channels: Channels::default(),
            formats: Formats::default(),
            outgoing: Arc::default(),
            corrections: Arc::default(),
            settled: Arc::default(),
        }
    }

    /// The same with ways out, and with the formats in which endpoints are called.
    #[must_use]
    pub fn with_channels(mut self, channels: Channels, formats: Formats) -> Self {
        self.channels = channels;
        self.formats = formats;
        self
    }

    /// What is kept.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The current instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Adds a tenant with a new portal secret.
    pub async fn create_tenant(&self, name: &str, settings: TenantSettings) -> Result<Tenant> {
        let secret = secret::generate(&*self.random, secret::Kind::Portal);
        self.store.create_tenant(name, settings, &secret).await
    }

    /// A new id that sorts by time.
    pub fn new_id(&self) -> Uuid {
        self.id_at(self.now())
    }

    /// An id that sorts at this time.
    pub fn id_at(&self, at: DateTime<Utc>) -> Uuid {
        random::uuid_v7(&*self.random, at)
    }
}
