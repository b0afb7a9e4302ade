//! Campanile's use cases and the ports they need.
//!
//! The use cases are sending, reading an inbox, signing in and managing the directory. This crate knows
//! nothing of HTTP, SQL or any vendor's wire format. It defines the ports ([`Store`], [`StoreListener`],
//! [`Channel`](ports::channel::Channel), [`Clock`], [`Random`]), and other crates implement them.

pub mod access_tokens;
pub mod administrators;
mod api_key_usage;
pub mod api_keys;
pub mod audience;
pub mod caller_limiter;
pub mod campanile;
pub mod correction;
pub mod deletion_clock;
pub mod delivery_report;
pub mod directory_export;
#[cfg(test)]
mod fixtures;
pub mod groups;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod import;
pub mod inbox;
pub mod inbox_by_broadcast;
pub mod jwt;
pub mod known_browsers;
pub mod lifetimes;
pub mod members;
pub mod model;
pub mod outbox;
pub mod password;
pub mod password_hashing;
pub mod people;
pub mod personal_tokens;
pub mod portal_secret;
pub mod portal_tokens;
pub mod ports;
pub mod preferences;
pub mod recall;
pub mod record_rules;
pub mod relations;
pub mod retry_schedule;
pub mod saved_drafts;
pub mod scheduled;
pub mod secret;
pub mod security_log;
pub mod send;
mod sender_cache;
pub mod sent_notifications;
pub mod sessions;
pub mod sign_in_links;
pub mod steady_clock;
pub mod stream_access;
pub mod stream_resume;
pub mod stream_tickets;
pub mod synchronous_send;
pub mod tenant_settings;
pub mod tenants;
pub mod tokens;
pub mod unsubscribe;
pub mod volume;
pub mod webhooks;

pub use campanile::Campanile;
pub use model::{
    access::{Operator, Person, Scope, Sender},
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
