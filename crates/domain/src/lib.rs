//! Campanile's use cases and the ports they need.
//!
//! The use cases are sending, reading an inbox, signing in and managing the directory. This crate knows
//! nothing of HTTP, SQL or any vendor's wire format. It defines the ports ([`Store`], [`Live`],
//! [`Channel`](channel::Channel), [`Clock`], [`Random`]), and other crates implement them.

pub mod access;
pub mod campanile;
pub mod channel;
pub mod clock;
pub mod delivery;
pub mod directory;
pub mod drafts;
pub mod error;
pub mod grant;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod keys;
pub mod live;
pub mod members;
pub mod names;
pub mod notification;
pub mod outbox;
pub mod password;
pub mod random;
pub mod relations;
pub mod report;
pub mod retention;
pub mod revise;
#[cfg(test)]
mod samples;
pub mod schedule;
pub mod searches;
pub mod secret;
pub mod security_log;
pub mod send;
pub mod settings;
pub mod store;
pub mod volume;
pub mod webhook;

pub use access::{Person, Scope, Sender};
pub use campanile::Campanile;
pub use clock::{Clock, SteadyClock, SystemClock};
pub use directory::{AudienceKey, FormerSecret, KeyId, NewPerson, PersonId, Tenant, TenantId, TenantSettings};
pub use error::{Error, Result};
pub use grant::Grant;
pub use live::{Committed, Live};
pub use notification::{NewNotification, Notification, Source};
pub use random::{Random, SystemRandom};
pub use secret::SecretHash;
pub use store::Store;
