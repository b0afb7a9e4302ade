//! The session cookie: set, read and cleared in one place.

use axum::http::{HeaderMap, HeaderValue, header};
use campanile_domain::identity::SESSION;

use crate::config::Config;

/// `__Host-` makes browsers insist on Secure, no Domain and Path=/ (RFC 6265bis §4.1.3.2).
fn name(config: &Config) -> &'static str {
    if config.server.insecure_cookies { "campanile" } else { "__Host-campanile" }
}

/// The session of a request's cookie.
pub fn read<'a>(headers: &'a HeaderMap, config: &Config) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name(config)).map(|(_, session)| session)
}

/// The header that keeps a session; `None` ends it.
pub fn write(session: Option<&str>, config: &Config) -> Option<HeaderValue> {
    let name = name(config);
    let secure = if config.server.insecure_cookies { "" } else { "; Secure" };
    let (value, age) = session.map_or(("", 0), |session| (session, SESSION.as_secs()));
    HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")).ok()
}
