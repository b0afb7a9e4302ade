//! Campanile's use cases and the ports they need.
//!
//! The use cases are sending, reading an inbox, signing in and managing the directory. This crate knows
//! nothing of HTTP, SQL or any vendor's wire format. It defines the ports ([`Store`], [`StoreListener`],
//! [`Channel`](channel::Channel), [`Clock`], [`Random`]), and other crates implement them.

pub mod api_keys;
pub mod campanile;
pub mod deletion_clock;
pub mod delivery_report;
#[cfg(test)]
mod fixtures;
pub mod grant;
pub mod housekeeping;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod members;
pub mod model;
pub mod outbox;
pub mod password;
pub mod ports;
pub mod recall_and_correct;
pub mod relations;
pub mod retry_schedule;
pub mod saved_drafts;
pub mod scheduled;
pub mod search_limiter;
pub mod secret;
pub mod security_log;
pub mod send;
pub mod steady_clock;
pub mod tenant_settings;
pub mod volume;
pub mod webhook;

pub use campanile::Campanile;
pub use model::{
    access::{Person, Scope, Sender},
    audience_key::AudienceKey,
    error::{Error, Result},
    grant::Grant,
    ids::{KeyId, PersonId, TenantId},
    notification::{NewNotification, Notification, Source},
    person::NewPerson,
    secret::SecretHash,
    tenant::{FormerSecret, Tenant, TenantSettings},
};
pub use ports::{
    clock::{Clock, SystemClock},
    random::{Random, SystemRandom},
    store::Store,
    store_events::{StoreEvent, StoreListener},
};
pub use steady_clock::SteadyClock;
