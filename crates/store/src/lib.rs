//! Adapters of the domain's `Store` port. This crate is the only place that knows SQL. It knows nothing of
//! HTTP, and of the domain's rules only those that the port states.
//!
//! Sending to everyone costs as much as sending to one person: a notification is stored once and filed under
//! its audience keys. An inbox is computed when it is read: the index ranges of the keys a person holds are
//! merged, the newest first, and overlaid with the states of the items. The states are kept as
//! watermarks and as rows for single items; a row takes precedence.

mod owner_only_file;
mod sqlite;
mod state;
mod tokenizer;
mod watermarks;

pub use sqlite::{CopySummary, FileError, Limits, Locked, Options, ServerLock, Sqlite, Timeouts, backup, restore};
