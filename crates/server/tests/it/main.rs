//! The server as its callers see it: real HTTP on a real store, one module for each topic.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands, helpers included")]

mod api;
mod assets;
mod citrix;
mod edge;
mod gravitee;
mod harness;
mod health;
mod mykaarma;
mod nothing_lost;
mod right_counts;
mod selfcommunity;
