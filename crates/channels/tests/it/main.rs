//! Tests the channels against real servers on the loopback interface, one module per topic.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may its helpers")]

mod guard;
mod letters;
mod mail;
mod picture;
mod proxies;
mod receiver;
mod sink;
mod smtp;
mod webhook;
