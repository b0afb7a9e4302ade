//! Campanile's use cases and the ports they need.
//!
//! The use cases are sending, reading an inbox, signing in and managing the directory. This crate knows
//! nothing of HTTP, SQL or any vendor's wire format. It defines the ports ([`Store`], [`StoreListener`],
//! [`Channel`](channel::Channel), [`Clock`], [`Random`]), and other crates implement them.

pub mod access;
pub mod api_keys;
pub mod campanile;
pub mod channel;
pub mod clock;
pub mod delivery;
pub mod delivery_report;
pub mod directory;
pub mod error;
#[cfg(test)]
mod fixtures;
pub mod grant;
pub mod housekeeping;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod members;
pub mod names;
pub mod notification;
pub mod outbox;
pub mod password;
pub mod random;
pub mod recall_and_correct;
pub mod relations;
pub mod saved_drafts;
pub mod scheduled;
pub mod search_limiter;
pub mod secret;
pub mod security_log;
pub mod send;
pub mod store;
pub mod store_events;
pub mod tenant_settings;
pub mod volume;
pub mod webhook;

pub use access::{Person, Scope, Sender};
pub use campanile::Campanile;
pub use clock::{Clock, SteadyClock, SystemClock};
pub use directory::{AudienceKey, FormerSecret, KeyId, NewPerson, PersonId, Tenant, TenantId, TenantSettings};
pub use error::{Error, Result};
pub use grant::Grant;
pub use notification::{NewNotification, Notification, Source};
pub use random::{Random, SystemRandom};
pub use secret::SecretHash;
pub use store::Store;
pub use store_events::{StoreEvent, StoreListener};
