//! The limits of a connection: timeouts and the size of a head.

use std::time::Duration;

/// The timeouts of a connection.
#[derive(Clone, Copy)]
pub struct ClientTimeouts {
    /// For a complete head after its first byte, and for the first byte of a connection.
    pub head: Duration,
    /// For the client to receive a response.
    pub response: Duration,
}

/// How long a connection may be idle between two requests. Proxies commonly keep a connection for sixty
/// seconds. The server waits longer, so that it does not close a connection while a proxy sends a
/// request on it.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How long the server waits for a client that sends a request head or receives a response.
pub const CLIENT_TIMEOUTS: ClientTimeouts = ClientTimeouts { head: Duration::from_secs(30), response: Duration::from_secs(30) };

/// The speed in bytes per second at which a client never times out: a request body or a response may be of
/// any length if it is sent or received at this speed or faster.
pub const MIN_BYTES_PER_SECOND: u32 = 16 * 1024;

/// The largest head of a request (request line and header fields), in bytes.
pub const MAX_HEAD_BYTES: usize = 32 * 1024;

/// How long to read after the last response. A client that is still sending can then read the response
/// and does not get a reset.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a client may take to receive one chunk. Then the connection is closed, and the client catches
/// up when it reconnects.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// The pause before accepting again when the system has no free file descriptor.
pub const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(250);
