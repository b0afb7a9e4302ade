//! The operator's allow list of networks, addresses and hosts that requests may reach although they are not public.

use std::net::IpAddr;

use ipnet::IpNet;
use url::Host;

use crate::SettingError;

/// The parsed allow list.
#[derive(Debug, Default)]
pub struct AllowList {
    networks: Vec<IpNet>,
    hosts: Vec<(Host, Option<u16>)>,
}

impl AllowList {
    /// Parses the list. An invalid entry is an error.
    pub fn new(entries: &[String]) -> Result<Self, SettingError> {
        let mut allowed = Self::default();
        for entry in entries {
            let entry = entry.trim();
            if let Ok(network) = entry.parse::<IpNet>() {
                allowed.networks.push(network);
            } else if let Ok(address) = entry.parse::<IpAddr>() {
                allowed.networks.push(address.into());
            } else {
                let unreadable = || SettingError(format!("{entry:?} is not a network, address, host or host:port"));
                allowed.hosts.push(parse_host_and_port(entry).ok_or_else(unreadable)?);
            }
        }
        Ok(allowed)
    }

    /// Whether the address is in a network of the list.
    pub fn contains_address(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether the list contains the host, with this port or without a port.
    pub fn contains_host(&self, host: &Host, port: Option<u16>) -> bool {
        let host = without_trailing_dot(host.clone());
        self.hosts.iter().any(|(known, only)| *known == host && (only.is_none() || *only == port))
    }
}

fn parse_host_and_port(entry: &str) -> Option<(Host, Option<u16>)> {
    let (host, port) = match entry.rsplit_once(':') {
        // The colons of an IPv6 address are inside its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (entry, None),
    };
    Some((without_trailing_dot(Host::parse(host).ok()?), port))
}

/// The host without a dot at its end; both spellings are the same host.
fn without_trailing_dot(host: Host) -> Host {
    match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_networks_addresses_or_hosts() {
        let check = |entry: &str, host: &str, port: u16, expected: Option<bool>| {
            let allowed = AllowList::new(&[entry.to_owned()]).ok();
            let host = Host::parse(host).unwrap();
            let holds = |allowed: &AllowList| match host {
                Host::Ipv4(address) => allowed.contains_address(address.into()),
                Host::Ipv6(address) => allowed.contains_address(address.into()),
                Host::Domain(_) => false,
            };
            assert_eq!(
                allowed.map(|allowed| holds(&allowed) || allowed.contains_host(&host, Some(port))),
                expected,
                "{entry} {host}:{port}"
            );
        };
        check("10.0.0.0/8", "10.1.2.3", 80, Some(true));
        check("10.0.0.0/8", "11.1.2.3", 80, Some(false));
        check("10.9.9.9/8", "10.1.2.3", 80, Some(true));
        check("fd00::/8", "[fd12::1]", 80, Some(true));
        check("127.0.0.1", "127.0.0.1", 80, Some(true));
        check("127.0.0.1", "127.0.0.2", 80, Some(false));
        check("127.0.0.1", "[::ffff:127.0.0.1]", 80, Some(false));
        check("127.0.0.1:8080", "127.0.0.1", 8080, Some(true));
        check("127.0.0.1:8080", "127.0.0.1", 8081, Some(false));
        check("[::1]:8080", "[::1]", 8080, Some(true));
        check("[::1]", "[::1]", 1, Some(true));
        check("Hooks.Internal", "hooks.internal.", 443, Some(true));
        check("hooks.internal", "a.hooks.internal", 443, Some(false));
        check("hooks.internal:443", "hooks.internal", 80, Some(false));
        check("bücher.example", "xn--bcher-kva.example", 80, Some(true));
        check("", "a", 1, None);
        check("a b", "a", 1, None);
        check("http://a/", "a", 1, None);
        check("a:port", "a", 1, None);
        check("10.0.0.0/33", "a", 1, None);
    }
}
