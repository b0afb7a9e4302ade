//! The IP address of a caller, for the limits on sign-ins and for the security log.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use campanile_domain::security_log::Origin;

use crate::config::Config;

/// The address under which a caller's failed sign-ins are counted. IPv6 callers are counted by their /64
/// network, because they can choose the lower 64 bits freely.
pub fn rate_limit_key(peer: SocketAddr, headers: &HeaderMap, config: &Config) -> IpAddr {
    match of_request(peer, headers, config) {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

/// Where the entries come from that a request adds to the security log: the caller's address.
pub fn security_log_origin(request: &Request, config: &Config) -> Option<Origin> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0;
    Some(Origin::Client(of_request(peer, request.headers(), config)))
}

/// The caller's address. Behind a trusted proxy it is the last entry of `X-Forwarded-For`, which the
/// proxy itself wrote. Otherwise, or if that entry is not an address (such as `unknown`), it is the
/// peer's address.
pub fn of_request(peer: SocketAddr, headers: &HeaderMap, config: &Config) -> IpAddr {
    let forwarded_for = || {
        let fields = headers.get_all("x-forwarded-for").iter().rev().filter_map(|field| field.to_str().ok());
        let last = fields.flat_map(|field| field.rsplit(',')).map(str::trim).find(|entry| !entry.is_empty())?;
        parse(last)
    };
    let address = config.server.trust_forwarded.then(forwarded_for).flatten().unwrap_or_else(|| peer.ip());
    address.to_canonical()
}

/// Parses an entry: an address, optionally with a port, in brackets or quotes, or with a zone, as
/// proxies write it. `None` for an obfuscated or unknown address (`_hidden`, `unknown`; RFC 7239 §6).
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_matches('"');
    let bare = |text: &str| text.split('%').next().and_then(|address| address.parse().ok());
    if let Some(rest) = entry.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        return (port.is_empty() || is_port(port.strip_prefix(':')?)).then(|| bare(address)).flatten();
    }
    match entry.rsplit_once(':') {
        // One colon: an IPv4 address with a port. Several colons: an IPv6 address.
        Some((address, port)) if !address.contains(':') => is_port(port).then(|| bare(address)).flatten(),
        _ => bare(entry),
    }
}

/// Whether the text is a port number or an obfuscated port such as `_hidden` (RFC 7239 §6.2).
fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok() || text.strip_prefix('_').is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PEER: &str = "192.0.2.9:4000";

    fn of(fields: &[&str], trusted: bool, peer: &str) -> String {
        let config = Config::load(None, json!({"server": {"trust_forwarded": trusted}})).unwrap();
        let headers = fields.iter().map(|field| ("x-forwarded-for".parse().unwrap(), field.parse().unwrap())).collect();
        rate_limit_key(peer.parse().unwrap(), &headers, &config).to_string()
    }

    #[test]
    fn the_last_entry_is_the_callers_in_every_spelling() {
        for (fields, expected) in [
            (&["1.2.3.4"][..], "1.2.3.4"),
            (&["1.2.3.4:5678"], "1.2.3.4"),
            (&["  1.2.3.4 : 5678 "], "192.0.2.9"),
            (&["9.9.9.9, 1.2.3.4:5678"], "1.2.3.4"),
            (&["9.9.9.9,1.2.3.4 , "], "1.2.3.4"),
            (&["9.9.9.9", "8.8.8.8, 1.2.3.4"], "1.2.3.4"),
            (&["1.2.3.4", ""], "1.2.3.4"),
            (&["[2001:db8:1:2:3:4:5:6]:80"], "2001:db8:1:2::"),
            (&["[2001:db8:1:2:3:4:5:6]"], "2001:db8:1:2::"),
            (&["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
            (&["\"[2001:db8:1:2:3:4:5:6]:80\""], "2001:db8:1:2::"),
            (&["fe80::1%eth0"], "fe80::"),
            (&["::1"], "::"),
            (&["[::1]:80"], "::"),
            (&["::ffff:1.2.3.4"], "1.2.3.4"),
            (&["[::ffff:1.2.3.4]:80"], "1.2.3.4"),
            (&["1.2.3.4:_hidden"], "1.2.3.4"),
            (&["unknown"], "192.0.2.9"),
            (&["_hidden"], "192.0.2.9"),
            (&["1.2.3.4, unknown"], "192.0.2.9"),
            (&["1.2.3.4:99999"], "192.0.2.9"),
            (&["1.2.3.4:"], "192.0.2.9"),
            (&["[::1"], "192.0.2.9"),
            (&["[::1]80"], "192.0.2.9"),
            (&["1.2.3"], "192.0.2.9"),
            (&[""], "192.0.2.9"),
            (&[], "192.0.2.9"),
        ] {
            assert_eq!(of(fields, true, PEER), expected, "{fields:?}");
            assert_eq!(of(fields, false, PEER), "192.0.2.9", "{fields:?}");
        }
    }

    #[test]
    fn peers_count_by_their_network() {
        assert_eq!(of(&[], false, "[2001:db8:1:2:3:4:5:6]:80"), "2001:db8:1:2::");
        assert_eq!(of(&[], false, "[2001:db8:1:2:ffff::1]:80"), "2001:db8:1:2::");
        assert_eq!(of(&[], false, "[2001:db8:1:3::1]:80"), "2001:db8:1:3::");
        assert_eq!(of(&[], false, "[::ffff:1.2.3.4]:80"), "1.2.3.4");
    }
}
