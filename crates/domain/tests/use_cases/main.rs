//! The use cases on a real store, each by what its caller gets.

#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod administration;
mod directory;
mod drafts;
mod housekeeping;
mod identity;
mod import;
mod inbox;
mod log;
mod outbox;
mod passwords;
mod posting;
mod revising;
mod scheduling;
mod sending;
mod webhooks;
mod world;
