//! The outbox on the real store and the real channels. The test moves the clock, so hours and days pass at once.

mod retry_schedule;
mod smtp_outage;

use std::sync::{Arc, Mutex};

use campanile_domain::{
    Campanile, Clock, KeyId, Operator, Random, Scope, Sender, Store, Tenant, TenantSettings,
    housekeeping::Progress,
    model::access::Actor,
    outbox::{Outbox, options::OutboxOptions},
    ports::{channel::Channels, store_events::NoListener},
};
use campanile_server::{channels_from_config, config::Config, dialects};
use campanile_store::{Options, Sqlite};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::SeededRandom;

/// A clock that only tests move.
struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    fn set(&self, to: DateTime<Utc>) {
        let mut now = self.0.lock().unwrap();
        assert!(to >= *now, "the clock cannot go back");
        *now = to;
    }

    fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Repeatable randomness.
struct SeededRandomness(Mutex<SeededRandom>);

impl Random for SeededRandomness {
    fn fill(&self, buffer: &mut [u8]) {
        let mut random = self.0.lock().unwrap();
        buffer.fill_with(|| random.below(256) as u8);
    }
}

/// A tenant without a server.
struct Harness {
    campanile: Campanile,
    store: Arc<dyn Store>,
    tenant: Tenant,
    by: Actor,
    clock: Arc<ManualClock>,
    options: OutboxOptions,
    _folder: TempDir,
}

impl Harness {
    /// Builds everything from settings. `channels` may wrap the channels before they are used.
    async fn with(settings: Value, channels: impl FnOnce(Channels) -> Channels) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = settings;
        flags["store"]["data"] = folder.path().to_str().unwrap().into();
        let config = Config::load(None, flags).unwrap();
        let clock = Arc::new(ManualClock(Mutex::new("2026-03-01T12:00:00Z".parse().unwrap())));
        let store: Arc<dyn Store> =
            Arc::new(Sqlite::open(&folder.path().join("test.db"), Options::default(), Arc::new(NoListener)).unwrap());
        let ways = channels_from_config::channels(&config, &(clock.clone() as Arc<dyn Clock>)).unwrap();
        let campanile = Campanile::new(store.clone(), clock.clone(), Arc::new(SeededRandomness(Mutex::new(SeededRandom(5)))));
        let campanile = campanile.with_channels(channels(ways), dialects::payload_formats());
        let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
        let name = "monitoring".to_owned();
        let by = Actor::Sender(Sender {
            tenant: tenant.id,
            tenant_name: tenant.name.clone(),
            key: KeyId(1),
            name,
            scopes: vec![Scope::Admin],
            requests_per_second: None,
        });
        Self { campanile, store, tenant, by, clock, options: channels_from_config::outbox_options(&config), _folder: folder }
    }

    fn outbox(&self) -> Outbox {
        Outbox::new(self.campanile.clone(), self.options.clone())
    }

    /// Sends a request of our own API; returns the notification's id.
    async fn send(&self, draft: Value) -> uuid::Uuid {
        self.campanile.send(&self.by, serde_json::from_value(draft).unwrap(), None).await.unwrap().id
    }

    async fn run_housekeeping(&self) {
        while self.campanile.housekeeping_step().await.unwrap() == Progress::More {}
    }
}
