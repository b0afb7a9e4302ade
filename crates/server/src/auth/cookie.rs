//! Sets, reads and clears the cookies.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use campanile_domain::lifetimes::{KNOWN_BROWSER_LIFETIME, SESSION_LIFETIME};

use crate::config::Config;

/// A cookie of this server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cookie {
    /// The session token.
    Session,
    /// Says that a person has signed in with this browser before. It gives no access.
    Browser,
}

impl Cookie {
    /// The name. The prefix `__Host-` makes browsers require Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2). With
    /// TLS only this name is read, because a page without TLS could set the other one.
    fn name(self, config: &Config) -> &'static str {
        match (self, config.has_insecure_cookies()) {
            (Self::Session, false) => "__Host-campanile",
            (Self::Session, true) => "campanile",
            (Self::Browser, false) => "__Host-campanile-browser",
            (Self::Browser, true) => "campanile-browser",
        }
    }

    fn max_age(self) -> Duration {
        match self {
            Self::Session => SESSION_LIFETIME,
            Self::Browser => KNOWN_BROWSER_LIFETIME,
        }
    }

    /// The session is sent when a person follows a link to this server. The other cookie is only for our own pages.
    fn same_site(self) -> &'static str {
        match self {
            Self::Session => "Lax",
            Self::Browser => "Strict",
        }
    }

    /// The value of the cookie in a request.
    pub fn read<'a>(self, headers: &'a HeaderMap, config: &Config) -> Option<&'a str> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == self.name(config)).map(|(_, value)| value)
    }

    /// The `Set-Cookie` header that stores a value. `None` deletes the cookie.
    pub fn write(self, value: Option<&str>, config: &Config) -> Option<HeaderValue> {
        let (name, site) = (self.name(config), self.same_site());
        let secure = if config.has_insecure_cookies() { "" } else { "; Secure" };
        let (value, age) = value.map_or(("", 0), |value| (value, self.max_age().as_secs()));
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite={site}; Max-Age={age}{secure}")).ok()
    }
}
