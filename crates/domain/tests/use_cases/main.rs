//! The use cases on a real store, tested by what a caller gets.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

mod administration;
mod credentials;
mod directory;
mod drafts;
mod harness;
mod housekeeping;
mod import;
mod inbox;
mod outbox;
mod passwords;
mod recall_and_correct;
mod rights;
mod schedule;
mod security_log;
mod send;
mod send_synchronously;
mod webhooks;
