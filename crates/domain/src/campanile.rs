//! The application: the ports and the shared state that all use cases work on.

use std::sync::{Arc, atomic::AtomicU64};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Clock, Random, SteadyClock, Store,
    api_key_usage::ApiKeyUsage,
    caller_limiter::{CallerLimiter, SEARCHES},
    deletion_clock::DeletionClock,
    idempotency::InFlight,
    password_hashing::HashingPool,
    ports::{channel::Channels, payload_format::PayloadFormats, random},
    sender_cache::SenderCache,
};

/// The application. Its methods are the use cases, each in the module named after it.
#[derive(Clone)]
pub struct Campanile {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<SteadyClock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) in_flight: InFlight,
    pub(crate) sender_cache: SenderCache,
    pub(crate) api_key_usage: ApiKeyUsage,
    pub(crate) deletion_clock: Arc<DeletionClock>,
    pub(crate) password_hashing: HashingPool,
    pub(crate) channels: Channels,
    pub(crate) payload_formats: PayloadFormats,
    /// Notified when something was stored that has deliveries.
    pub(crate) delivery_added: Arc<Notify>,
    /// How many corrections this process has made.
    pub(crate) correction_count: Arc<AtomicU64>,
    /// Notified when attempts were recorded or mailings planned.
    pub(crate) attempts_recorded: Arc<Notify>,
    pub(crate) search_limiter: CallerLimiter,
}

impl Campanile {
    /// Creates the application on these ports.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            store,
            clock: Arc::new(SteadyClock::new(clock)),
            random,
            in_flight: InFlight::default(),
            sender_cache: SenderCache::default(),
            api_key_usage: ApiKeyUsage::default(),
            deletion_clock: Arc::default(),
            password_hashing: HashingPool::default(),
            channels: Channels::default(),
            payload_formats: PayloadFormats::default(),
            delivery_added: Arc::default(),
            correction_count: Arc::default(),
            attempts_recorded: Arc::default(),
            search_limiter: CallerLimiter::new(SEARCHES),
        }
    }

    /// Sets the channels and the payload formats of webhook endpoints.
    #[must_use]
    pub fn with_channels(mut self, channels: Channels, formats: PayloadFormats) -> Self {
        self.channels = channels;
        self.payload_formats = formats;
        self
    }

    /// The current time. Jumps of the system clock are followed only after they have lasted: see
    /// [`SteadyClock`].
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
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
