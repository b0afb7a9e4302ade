//! The server: our own API, the dialects (APIs of other products), the event stream, the console's
//! files, and the command line.
//!
//! Request handlers call use cases of `campanile-domain`, never SQL. A dialect knows nothing of
//! another dialect, and no other module knows a dialect's types.

pub mod api;
pub mod assets;
pub mod auth;
mod body_encoding;
pub mod channels_from_config;
pub mod cli;
pub mod client_ip;
pub mod client_scheme;
pub mod config;
pub mod cors;
mod data_folder;
pub mod dialects;
pub mod health;
mod housekeeping;
pub mod idempotency;
pub mod list_limiter;
pub mod listen;
pub mod live;
pub mod log;
pub mod metrics;
mod panic_message;
pub mod problem;
pub mod rate_limits;
pub mod request_preview;
pub mod request_url;
pub mod router;
mod sd_notify;
pub mod security_headers;
pub mod serve;
pub mod state;
mod strict_json;
pub mod supervisor;
mod unsubscribe;
pub mod virtual_hosts;
