//! The channels against real servers on the loopback interface, one module for each topic.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands, and so does what it calls")]

mod guard;
mod letters;
mod mail;
mod picture;
mod proxies;
mod receiver;
mod sink;
mod smtp;
mod webhook;
