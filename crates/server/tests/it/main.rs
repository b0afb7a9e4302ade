//! The server as its callers see it: real HTTP on a real store, one module for each topic.

mod api;
mod assets;
mod citrix;
mod edge;
mod harness;
mod health;
mod nothing_lost;
mod right_counts;
