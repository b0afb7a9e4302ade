//! The server as its callers see it: real HTTP on a real store, one module per topic.
//!
//! `CAMPANILE_BINARY` makes the tests of the binary use another build, for example an older one that a new test should
//! fail on.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

mod api;
mod assets;
mod backups;
mod binary;
mod citrix;
mod clock_jumps;
mod commands_while_serving;
mod count_consistency;
mod crash_durability;
mod data_folder;
mod delivery_after_crash;
mod gravitee;
mod harness;
mod health;
mod http_limits;
mod import_memory;
mod mykaarma;
mod noisy_neighbour;
mod outbox;
mod outgoing_tls;
mod raw_http;
mod replay;
mod security_headers;
mod security_log;
mod selfcommunity;
mod service;
mod shutdown;
mod sign_in_flood;
mod slow_clients;
mod snippets;
mod start_errors;
mod systemd_unit;
mod unwritable_log;

#[expect(dead_code, reason = "only the channels' tests use all of it")]
#[path = "../../../channels/tests/it/smtp.rs"]
mod smtp;
