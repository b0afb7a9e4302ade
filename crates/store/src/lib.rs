//! What Campanile keeps: adapters of the domain's `Store` port. This is the only place that knows
//! SQL; it knows nothing of HTTP, and of the domain's rules only those the port states.
//!
//! Sending to everyone costs as much as sending to one: a notification is stored once and filed
//! under its audience keys. A person's inbox is read, not written: the newest-first merge of the
//! index ranges of the keys the person holds, overlaid with what the person did. That is kept as
//! [spans](spans) of sequences in one state, and as rows for single items, which win.

mod private;
mod spans;
mod sqlite;
mod state;
mod words;

pub use sqlite::{Copied, FileError, Limits, Locked, Options, ServerLock, Sqlite, Times, backup, restore};
