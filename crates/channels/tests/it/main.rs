//! Tests the channels against real servers on the loopback interface, one module per topic.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may its helpers")]

mod email;
mod file_transport;
mod proxies;
mod receiver;
mod sample_messages;
mod smtp;
mod smtp_pool;
mod ssrf_guard;
mod thumbnail;
mod webhook;
