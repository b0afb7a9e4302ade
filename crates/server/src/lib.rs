//! The server behind the console: our own API, the foreign dialects, the event stream, the
//! console's files, and the command line that starts it all.
//!
//! Request handlers see use cases (`campanile-domain`), never SQL. A dialect sees nothing of
//! another dialect, and nothing of it is seen outside its file.

pub mod address;
pub mod answers;
pub mod api;
pub mod app;
pub mod assets;
pub mod auth;
mod body_encoding;
pub mod cli;
pub mod config;
pub mod cors;
mod data_folder;
pub mod demo;
pub mod dialects;
pub mod forwarded;
pub mod headers;
pub mod health;
pub mod hosts;
pub mod idempotency;
pub mod listen;
pub mod live;
pub mod log;
pub mod metrics;
mod objects_only;
pub mod outgoing;
pub mod problem;
pub mod serve;
mod service_manager;
pub mod supervise;
mod unsubscribe;
