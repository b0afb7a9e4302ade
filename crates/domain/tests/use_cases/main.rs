//! The use cases on a real store, tested by what a caller gets.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

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
