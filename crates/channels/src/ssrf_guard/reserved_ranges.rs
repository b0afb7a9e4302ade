//! Reserved address ranges, which webhooks may not reach: IANA's special-purpose address registries for IPv4 and IPv6
//! (RFC 6890, RFC 8190) and multicast (RFC 5771, RFC 4291).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Reserved IPv4 ranges. If ranges overlap, the narrower one comes first.
const RESERVED_IPV4: [(Ipv4Net, &str); 16] = [
    v4([0, 0, 0, 0], 8, "this network"),
    v4([10, 0, 0, 0], 8, "private"),
    v4([100, 64, 0, 0], 10, "carrier-grade NAT"),
    v4([127, 0, 0, 0], 8, "loopback"),
    v4([169, 254, 0, 0], 16, "link-local"),
    v4([172, 16, 0, 0], 12, "private"),
    v4([192, 0, 0, 0], 24, "protocol assignments"),
    v4([192, 0, 2, 0], 24, "documentation"),
    v4([192, 88, 99, 0], 24, "6to4 relay"),
    v4([192, 168, 0, 0], 16, "private"),
    v4([198, 18, 0, 0], 15, "benchmarking"),
    v4([198, 51, 100, 0], 24, "documentation"),
    v4([203, 0, 113, 0], 24, "documentation"),
    v4([224, 0, 0, 0], 4, "multicast"),
    v4([255, 255, 255, 255], 32, "broadcast"),
    v4([240, 0, 0, 0], 4, "reserved"),
];

/// The IPv6 range from which IANA assigns public addresses. All other addresses are reserved or unknown.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0], 3, "").0;

/// Reserved IPv6 ranges. If ranges overlap, the narrower one comes first. Ranges that embed an IPv4 address (mapped, compatible,
/// NAT64, 6to4) are refused completely, because no receiver needs them.
const RESERVED_IPV6: [(Ipv6Net, &str); 14] = [
    v6([0, 0, 0], 128, "unspecified"),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "loopback"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), "IPv4-mapped"),
    v6([0, 0, 0], 96, "IPv4-compatible"),
    v6([0x64, 0xff9b, 0], 96, "NAT64"),
    v6([0x64, 0xff9b, 1], 48, "NAT64"),
    v6([0x100, 0, 0], 64, "discard-only"),
    v6([0x2001, 0, 0], 23, "protocol assignments"),
    v6([0x2001, 0xdb8, 0], 32, "documentation"),
    v6([0x2002, 0, 0], 16, "6to4"),
    v6([0x3fff, 0, 0], 20, "documentation"),
    v6([0xfc00, 0, 0], 7, "private"),
    v6([0xfe80, 0, 0], 9, "link-local or site-local"),
    v6([0xff00, 0, 0], 8, "multicast"),
];

const fn v4(octets: [u8; 4], prefix: u8, kind: &str) -> (Ipv4Net, &str) {
    let [a, b, c, d] = octets;
    (Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix), kind)
}

const fn v6(first: [u16; 3], prefix: u8, kind: &str) -> (Ipv6Net, &str) {
    let [a, b, c] = first;
    (Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix), kind)
}

/// The name of the reserved range that contains the address; `None` for a public address.
pub fn reserved_range(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => RESERVED_IPV4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind),
        IpAddr::V6(address) => {
            let known = RESERVED_IPV6.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind);
            known.or_else(|| (!GLOBAL_UNICAST.contains(&address)).then_some("not global unicast"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An independent implementation of the same rules, with numbers and the standard library's predicates.
    fn is_public_v4(address: Ipv4Addr) -> bool {
        let [a, b, c, _] = address.octets();
        let special = address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_broadcast()
            || address.is_documentation()
            || address.is_multicast()
            || a == 0
            || a >= 240
            || a == 100 && b & 0b1100_0000 == 64
            || a == 198 && b & 0b1111_1110 == 18
            || (a, b, c) == (192, 0, 0)
            || (a, b, c) == (192, 88, 99);
        !special
    }

    fn is_public_v6(address: Ipv6Addr) -> bool {
        let number = u128::from(address);
        let first = (number >> 112) as u16;
        let second = (number >> 96) as u16;
        (0x2000..=0x3fff).contains(&first)
            && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
            && first != 0x2002
            && !(first == 0x3fff && second < 0x1000)
    }

    /// Random addresses, addresses at the edges of reserved ranges, and addresses inside them.
    fn v4_addresses() -> impl Strategy<Value = Ipv4Addr> {
        let edges = (0..RESERVED_IPV4.len(), any::<bool>(), -2_i64..=2).prop_map(|(at, upper, step)| {
            let (network, _) = RESERVED_IPV4[at];
            let edge = u32::from(if upper { network.broadcast() } else { network.network() });
            Ipv4Addr::from((i64::from(edge) + step).clamp(0, i64::from(u32::MAX)) as u32)
        });
        let inside = (0..RESERVED_IPV4.len(), any::<u32>()).prop_map(|(at, random)| {
            let (network, _) = RESERVED_IPV4[at];
            Ipv4Addr::from(u32::from(network.network()) | random & u32::from(network.hostmask()))
        });
        prop_oneof![any::<u32>().prop_map(Ipv4Addr::from), edges, inside]
    }

    fn v6_addresses() -> impl Strategy<Value = Ipv6Addr> {
        let edges = (0..RESERVED_IPV6.len(), any::<bool>(), 0..5_u128).prop_map(|(at, upper, step)| {
            let (network, _) = RESERVED_IPV6[at];
            let edge = u128::from(if upper { network.broadcast() } else { network.network() });
            Ipv6Addr::from(edge.saturating_sub(2).saturating_add(step))
        });
        let inside = (0..RESERVED_IPV6.len(), any::<u128>()).prop_map(|(at, random)| {
            let (network, _) = RESERVED_IPV6[at];
            Ipv6Addr::from(u128::from(network.network()) | random & u128::from(network.hostmask()))
        });
        let global = any::<u128>().prop_map(|random| Ipv6Addr::from(random & !(7 << 125) | 1 << 125));
        prop_oneof![any::<u128>().prop_map(Ipv6Addr::from), edges, inside, global]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ipv4_agrees_with_another_account(address in v4_addresses()) {
            prop_assert_eq!(reserved_range(address.into()).is_none(), is_public_v4(address), "{}", address);
        }

        #[test]
        fn ipv6_agrees_with_another_account(address in v6_addresses()) {
            prop_assert_eq!(reserved_range(address.into()).is_none(), is_public_v6(address), "{}", address);
        }
    }
}
