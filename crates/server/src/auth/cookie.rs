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
        match (self, is_insecure(config)) {
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
        let secure = if is_insecure(config) { "" } else { "; Secure" };
        let (value, age) = value.map_or(("", 0), |value| (value, self.max_age().as_secs()));
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite={site}; Max-Age={age}{secure}")).ok()
    }
}

/// Whether cookies are sent without TLS: the settings allow it, or `server.public_url` has no TLS. Without
/// `server.public_url` the server may be behind a TLS proxy, so cookies need TLS.
fn is_insecure(config: &Config) -> bool {
    config.server.insecure_cookies || (!config.server.public_url.is_empty() && config.is_http())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_plain_where_the_named_url_is() {
        let plain = |server: serde_json::Value| is_insecure(&Config::load(None, serde_json::json!({"server": server})).unwrap());
        assert!(!plain(serde_json::json!({})), "a proxy may speak TLS");
        assert!(plain(serde_json::json!({"insecure_cookies": true})));
        for (url, is_plain) in
            [("http://intranet:8080", true), ("HTTP://intranet/", true), ("https://n.example", false), ("HTTPS://n.example/http://", false)]
        {
            assert_eq!(plain(serde_json::json!({"public_url": url})), is_plain, "{url}");
        }
    }
}
