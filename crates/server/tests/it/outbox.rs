//! The outbox on the real store and the real channels. The test moves the clock, so hours and days pass at once.

mod outage;
mod three_days;

use std::sync::{Arc, Mutex};

use campanile_domain::{
    Campanile, Clock, KeyId, Random, Scope, Sender, Tenant, TenantSettings,
    access::Actor,
    channel::Channels,
    live::Unheard,
    outbox::{Outbox, OutboxOptions},
    retention::Progress,
};
use campanile_server::{config::Config, dialects, outgoing};
use campanile_store::{Options, Sqlite};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::Dice;

/// A clock that only tests move.
struct Hands(Mutex<DateTime<Utc>>);

impl Hands {
    fn set(&self, to: DateTime<Utc>) {
        let mut now = self.0.lock().unwrap();
        assert!(to >= *now, "the clock cannot go back");
        *now = to;
    }

    fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Repeatable randomness.
struct Loaded(Mutex<Dice>);

impl Random for Loaded {
    fn fill(&self, buffer: &mut [u8]) {
        let mut dice = self.0.lock().unwrap();
        buffer.fill_with(|| dice.below(256) as u8);
    }
}

/// A tenant without a server.
struct World {
    campanile: Campanile,
    tenant: Tenant,
    by: Actor,
    clock: Arc<Hands>,
    options: OutboxOptions,
    _folder: TempDir,
}

impl World {
    /// Builds everything from settings. `channels` may wrap the channels before they are used.
    async fn with(settings: Value, channels: impl FnOnce(Channels) -> Channels) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = settings;
        flags["store"]["data"] = folder.path().to_str().unwrap().into();
        let config = Config::load(None, flags).unwrap();
        let clock = Arc::new(Hands(Mutex::new("2026-03-01T12:00:00Z".parse().unwrap())));
        let store = Sqlite::open(&folder.path().join("test.db"), Options::default(), Arc::new(Unheard)).unwrap();
        let ways = outgoing::channels(&config, &(clock.clone() as Arc<dyn Clock>)).unwrap();
        let campanile = Campanile::new(Arc::new(store), clock.clone(), Arc::new(Loaded(Mutex::new(Dice(5)))));
        let campanile = campanile.with_channels(channels(ways), dialects::formats());
        let tenant = campanile.create_tenant("acme", TenantSettings::default()).await.unwrap();
        let name = "monitoring".to_owned();
        let by = Actor::Sender(Sender {
            tenant: tenant.id,
            tenant_name: tenant.name.clone(),
            key: KeyId(1),
            name,
            scopes: vec![Scope::Admin],
            requests_per_second: None,
        });
        Self { campanile, tenant, by, clock, options: outgoing::options(&config), _folder: folder }
    }

    fn outbox(&self) -> Outbox {
        Outbox::new(self.campanile.clone(), self.options.clone())
    }

    /// Sends a request of our own API; returns the notification's id.
    async fn send(&self, draft: Value) -> uuid::Uuid {
        self.campanile.send(&self.by, serde_json::from_value(draft).unwrap(), None).await.unwrap().id
    }

    async fn tidy(&self) {
        while self.campanile.tidy().await.unwrap() == Progress::More {}
    }
}
