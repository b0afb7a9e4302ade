//! The server as its callers see it: real HTTP on a real store, one module for each topic.

mod citrix;
mod nothing_lost;
mod right_counts;
