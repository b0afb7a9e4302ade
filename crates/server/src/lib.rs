//! The server: our own API, the dialects (APIs of other products), the event stream, the console's
//! files, and the command line.
//!
//! Request handlers call use cases of `campanile-domain`, never SQL. A dialect knows nothing of
//! another dialect, and no other module knows a dialect's types.

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
