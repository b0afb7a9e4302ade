//! The origins of portals (RFC 6454), as browsers send them.

/// An origin as browsers send it (RFC 6454 §6.2): scheme, host and port, in lower case. A single slash at the end is removed.
/// Returns `None` for any other text.
pub fn normalise_origin(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_suffix('/').unwrap_or(&text);
    let (scheme, authority) = text.split_once("://")?;
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are inside brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let fits = |port: &str| port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    let is_name = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let is_address = |host: &str| {
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok())
    };
    let fine = matches!(scheme, "http" | "https") && (is_name(host) || is_address(host)) && port.is_none_or(fits);
    // Browsers omit the default port of the scheme.
    let usual = matches!((scheme, port), ("http", Some("80")) | ("https", Some("443")));
    fine.then(|| if usual { format!("{scheme}://{host}") } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_spelt_as_browsers_do() {
        let spelt = |text| normalise_origin(text).unwrap_or_default();
        assert_eq!(spelt(" https://Portal.example/ "), "https://portal.example");
        assert_eq!(spelt("http://localhost:8081"), "http://localhost:8081");
        assert_eq!(spelt("https://portal.example:443"), "https://portal.example");
        assert_eq!(spelt("http://[::1]:3000"), "http://[::1]:3000");
        for wrong in [
            "",
            "*",
            "null",
            "portal.example",
            "ftp://x",
            "https://",
            "https://x/y",
            "https://x?y",
            "https://a@x",
            "https://x:",
            "https://x:99999",
            "https://x:080",
            "http://[x]",
        ] {
            assert_eq!(normalise_origin(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_scheme_s_own_port_is_left_out_and_every_other_stays() {
        for (text, spelt) in [
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("https://a.example:80", "https://a.example:80"),
            ("https://[::1]:443", "https://[::1]"),
            ("https://a.example:65535", "https://a.example:65535"),
            ("https://a_b-c.example", "https://a_b-c.example"),
            ("https://10.0.0.1:8080", "https://10.0.0.1:8080"),
        ] {
            assert_eq!(normalise_origin(text).as_deref(), Some(spelt), "{text}");
            assert_eq!(normalise_origin(spelt).as_deref(), Some(spelt), "{text}");
        }
        for wrong in
            ["https://a.example:65536", "https://a.example//", "https://[::1", "https://::1]", "https://a.example:+80", "https://ä.example"]
        {
            assert_eq!(normalise_origin(wrong), None, "{wrong}");
        }
    }
}
