//! The ports: what the use cases need from outside, one trait per file.

pub mod api_keys;
pub mod channel;
pub mod clock;
pub mod deliveries;
pub mod health;
pub mod housekeeping;
pub mod inboxes;
pub mod notifications;
pub mod passwords;
pub mod payload_format;
pub mod people;
pub mod preferences;
pub mod random;
pub mod relations;
pub mod saved_drafts;
pub mod scheduled;
pub mod send_volume;
pub mod store;
pub mod store_events;
pub mod temporary_names;
pub mod tenants;
pub mod tokens;
pub mod webhooks;
