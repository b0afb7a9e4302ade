//! The cookies: set, read and cleared in one place.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use campanile_domain::identity::{BROWSER, SESSION};

use crate::config::Config;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cookie {
    /// The session.
    Session,
    /// That somebody has signed in here before. It opens nothing.
    Browser,
}

impl Cookie {
    /// `__Host-` makes browsers insist on Secure, no Domain and Path=/ (RFC 6265bis §4.1.3.2). Only this name is read: where
    /// there is TLS, a page without it can set the other one.
    fn name(self, config: &Config) -> &'static str {
        match (self, config.has_plain_cookies()) {
            (Self::Session, false) => "__Host-campanile",
            (Self::Session, true) => "campanile",
            (Self::Browser, false) => "__Host-campanile-browser",
            (Self::Browser, true) => "campanile-browser",
        }
    }

    fn life(self) -> Duration {
        match self {
            Self::Session => SESSION,
            Self::Browser => BROWSER,
        }
    }

    /// A session must come along when a link leads here; the other is for our own pages alone.
    fn same_site(self) -> &'static str {
        match self {
            Self::Session => "Lax",
            Self::Browser => "Strict",
        }
    }

    /// The value of a request's cookie.
    pub fn read<'a>(self, headers: &'a HeaderMap, config: &Config) -> Option<&'a str> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == self.name(config)).map(|(_, value)| value)
    }

    /// The header that keeps a value; `None` ends it.
    pub fn write(self, value: Option<&str>, config: &Config) -> Option<HeaderValue> {
        let (name, site) = (self.name(config), self.same_site());
        let secure = if config.has_plain_cookies() { "" } else { "; Secure" };
        let (value, age) = value.map_or(("", 0), |value| (value, self.life().as_secs()));
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite={site}; Max-Age={age}{secure}")).ok()
    }
}
