//! The server as its callers see it: real HTTP on a real store, one module per topic.
//!
//! `CAMPANILE_BINARY` makes the tests of the binary use another build, for example an older one that a new test should
//! fail on.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

mod api;
mod assets;
mod attack;
mod backups;
mod beside;
mod binary;
mod citrix;
mod clock;
mod data_folder;
mod deploy;
mod edge;
mod ending;
mod everywhere;
mod exchange;
mod gravitee;
mod harness;
mod health;
mod https;
mod import_memory;
mod killed_delivering;
mod mykaarma;
mod nothing_lost;
mod outbox;
mod replay;
mod right_counts;
mod security_log;
mod selfcommunity;
mod service;
mod sign_in_flood;
mod snippets;
mod start_errors;
mod unread;
mod unwritable_log;

#[expect(dead_code, reason = "only the channels' tests use all of it")]
#[path = "../../../channels/tests/it/smtp.rs"]
mod smtp;
