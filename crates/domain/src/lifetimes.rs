//! How long sessions, links, tickets, tokens and known browsers are valid.

use std::time::Duration;

/// Lifetime of a session.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600);

/// Lifetime of a one-use sign-in link.
pub const SIGN_IN_LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Lifetime of a ticket for the event stream.
pub const STREAM_TICKET_LIFETIME: Duration = Duration::from_secs(30);

/// How long a browser in which a person signed in stays known.
pub const KNOWN_BROWSER_LIFETIME: Duration = Duration::from_secs(180 * 24 * 3600);

/// Lifetime of an access token for which an API key was exchanged.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// The longest lifetime of a token signed by a portal.
pub const MAX_PORTAL_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// How far a portal's clock may differ, in seconds.
pub(crate) const CLOCK_LEEWAY_SECONDS: u64 = 60;
