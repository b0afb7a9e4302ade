//! Checks the Host header. HTTP/1.1 requires exactly one valid host; anything else is answered with 400
//! (RFC 9112 §3.2). Otherwise a proxy and this server could read different hosts from one request.

use axum::http::{HeaderMap, Uri, Version, header, uri::Authority};

/// What is wrong with the host of a request. `None` if it is valid. A request line with an absolute URL needs no
/// Host header. (The RFC requires it, but a vendor's examples omit it.)
pub fn error(version: Version, uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let mut values = headers.get_all(header::HOST).iter();
    match (values.next(), values.next()) {
        (None, _) if version < Version::HTTP_11 || uri.authority().is_some() => None,
        (None, _) => Some("The header field Host is missing."),
        (Some(_), Some(_)) => Some("There are several header fields Host."),
        (Some(value), None) if value.to_str().is_ok_and(is_host) => None,
        (Some(_), None) => Some("The header field Host is not a valid host."),
    }
}

/// Whether the text is a host with an optional port (RFC 9110 §7.2), without user information, path or list.
fn is_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    // The colons of an IPv6 address are inside its brackets.
    let port = text.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(']'));
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|_| port.bytes().all(|digit| digit.is_ascii_digit()));
    !authority.host().is_empty() && !text.contains(['@', ',']) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_well_formed_host_is_named() {
        for (values, fits) in [
            (&["a.example"][..], true),
            (&["a.example:8080"], true),
            (&["a.example:"], true),
            (&["127.0.0.1"], true),
            (&["[::1]:8080"], true),
            (&["my_host"], true),
            (&[], false),
            (&["a.example", "a.example"], false),
            (&["a.example", "b.example"], false),
            (&[""], false),
            (&[":80"], false),
            (&["a b"], false),
            (&["a.example/path"], false),
            (&["http://a.example"], false),
            (&["u:p@a.example"], false),
            (&["a.example:http"], false),
            (&["a.example:99999"], false),
            (&["a.example, b.example"], false),
            (&["[::1"], false),
            (&["a:1:2"], false),
        ] {
            let headers = values.iter().map(|value| (header::HOST, value.parse().unwrap())).collect();
            assert_eq!(error(Version::HTTP_11, &"/".parse().unwrap(), &headers).is_none(), fits, "{values:?}");
        }
        assert_eq!(error(Version::HTTP_10, &"/".parse().unwrap(), &HeaderMap::new()), None);
        assert_eq!(error(Version::HTTP_11, &"http://a.example/".parse().unwrap(), &HeaderMap::new()), None);
    }
}
