//! The server as its callers see it: real HTTP on a real store, one module for each topic.
//!
//! The tests of the binary run against another build where `CAMPANILE_BINARY` names one, such as a former one that a
//! test should fail on.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands, helpers included")]

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

#[expect(dead_code, reason = "the channels' tests use more of it")]
#[path = "../../../channels/tests/it/smtp.rs"]
mod smtp;
