//! The ports of the domain, each in its own file: which call reads and which writes.

mod api_keys;
mod deliveries;
mod health;
mod housekeeping;
mod inboxes;
mod notifications;
mod passwords;
mod people;
mod preferences;
mod relations;
mod saved_drafts;
mod scheduled;
mod send_volume;
mod tenants;
mod tokens;
mod webhooks;
